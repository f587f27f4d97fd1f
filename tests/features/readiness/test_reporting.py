"""Reports are kept and compared; people waive, attest and are assigned; only the operator's administrators see it."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from fixtures.readiness import answer_of
from hauberk.db.url import driver_url
from hauberk.domain.permissions import Role
from hauberk.features.readiness import reporting, service
from hauberk.features.readiness.rows import ROWS
from hauberk.infra.readiness import Kind, Result, failed, passed
from hauberk.infra.readiness.check import _CHECKS, RegisteredCheck
from hauberk.kit import clock, discover

pytestmark = pytest.mark.anyio
LATER = (clock.now() + timedelta(days=30)).date().isoformat()
WAIVER = {"reason": "The data centre ends TLS.", "owner": "ada@example.org", "until": LATER}


@pytest.fixture
async def operator(client_as, organization, owner_url):
    """An administrator of the organization that runs the installation."""
    with create_engine(driver_url(owner_url), poolclass=NullPool).begin() as connection:
        for table in ("readiness_report", "waiver", "readiness_assignment"):
            connection.execute(text(f"delete from {table}"))
        connection.execute(
            text("update organization set purpose = 'operator' where id = :id"),
            {"id": organization.organization_id},
        )
    return await client_as(Role.ADMIN)


@pytest.fixture
def answering(monkeypatch):
    """Makes rows answer as a test wants them to."""
    discover.everywhere("hauberk", "checks")

    def answer(row, given):
        async def check(probe):
            return given

        monkeypatch.setitem(_CHECKS, row, RegisteredCheck(row, 5, False, check))

    return answer


@pytest.fixture(autouse=True)
def no_deployment_is_linted(answering):
    """Each report would lint all of deploy anew, for two seconds; tests/infra/delivery does it once."""
    answering("DEL-4", passed("the files of deploy are linted elsewhere"))


@pytest.mark.long
async def test_administrators_of_the_operator_read_the_report(operator, client_as):
    report = (await operator.get("/api/v1/readiness")).json()
    assert [item["id"] for item in report["items"]] == list(ROWS)
    assert sum(report["summary"].values()) == 87
    member = await client_as(Role.MEMBER)
    assert (await member.get("/api/v1/readiness")).status_code == 403


async def test_to_administrators_of_a_customer_there_is_no_such_thing(api):
    assert "readiness:read" not in (await api.get("/api/v1/auth/me")).json()["permissions"]
    assert (await api.get("/api/v1/readiness")).status_code == 404
    assert (await api.put("/api/v1/readiness/rows/SEC-3/waiver", json=WAIVER)).status_code == 404


@pytest.mark.long
async def test_a_waived_row_says_by_whom_until_when_and_what_it_would_be(operator, probe, context, answering):
    answering("SEC-4", failed("a foreign page may call the API", "List exact origins."))
    assert (await operator.put("/api/v1/readiness/rows/SEC-4/waiver", json=WAIVER)).status_code == 204
    (report,) = await reporting.look(context, probe, ["SEC-4"])
    assert report.answer.result is Result.WAIVED
    for words in ("ada@example.org", LATER, "data centre", "foreign page"):
        assert words in report.answer.evidence
    assert service.verdict([report], strict=False)
    assert not service.verdict([report], strict=True)
    assert (await operator.delete("/api/v1/readiness/rows/SEC-4/waiver")).status_code == 204
    (report,) = await reporting.look(context, probe, ["SEC-4"])
    assert report.answer.result is not Result.WAIVED
    assert (await operator.delete("/api/v1/readiness/rows/SEC-4/waiver")).status_code == 404


async def test_a_waiver_that_ran_out_does_not_count(operator, probe, context, answering, monkeypatch):
    answering("CFG-3", failed(".gitignore does not list .env", "Add it."))
    await operator.put("/api/v1/readiness/rows/CFG-3/waiver", json=WAIVER)
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=32))
    (report,) = await reporting.look(context, probe, ["CFG-3"])
    assert report.answer.result is Result.FAIL
    assert "ended on" in report.answer.evidence


async def test_a_row_that_passes_is_not_waived(operator, probe, context, answering):
    answering("CFG-3", passed("it is ignored"))
    await operator.put("/api/v1/readiness/rows/CFG-3/waiver", json=WAIVER)
    (report,) = await reporting.look(context, probe, ["CFG-3"])
    assert report.answer.result is Result.PASS


@pytest.mark.parametrize(
    ("row", "change", "code"),
    [
        ("SEC-99", {}, 404),
        ("SEC-3", {"until": "2001-01-01"}, 422),
        ("SEC-3", {"until": "2999-01-01"}, 422),
        ("SEC-3", {"reason": ""}, 422),
    ],
)
async def test_a_waiver_has_a_row_a_reason_and_an_end(operator, row, change, code):
    answer = await operator.put(f"/api/v1/readiness/rows/{row}/waiver", json={**WAIVER, **change})
    assert answer.status_code == code


@pytest.mark.long
async def test_a_row_has_an_owner_and_a_day(operator, context, probe):
    await operator.put(
        "/api/v1/readiness/rows/SEC-1/assignment", json={"owner": "Grace", "due_on": "2030-01-15"}
    )
    items = (await operator.get("/api/v1/readiness")).json()["items"]
    assert (items[0]["owner"], items[0]["due_on"]) == ("Grace", "2030-01-15")
    await operator.put("/api/v1/readiness/rows/SEC-1/assignment", json={"owner": None, "due_on": None})
    (report,) = await reporting.look(context, probe, ["SEC-1"])
    assert report.owner is None


async def test_what_people_say_is_in_the_audit_trail(operator):
    await operator.put("/api/v1/readiness/rows/SEC-3/waiver", json=WAIVER)
    word = {"person": "Ada", "statement": "Seen on an iPad", "until": LATER}
    assert (await operator.post("/api/v1/readiness/rows/WEB-4/attestations", json=word)).status_code == 204
    told = [event["action"] for event in (await operator.get("/api/v1/audit")).json()["items"]]
    assert {"readiness.waived", "readiness.attested"} <= set(told)


@pytest.mark.long
async def test_the_history_says_what_changed(operator, answering):
    assert (await operator.get("/api/v1/readiness/reports")).json()["items"] == []
    answering("SEC-4", failed("a foreign page may call the API", "List exact origins."))
    await operator.post("/api/v1/readiness/reports")
    answering("SEC-4", passed("a foreign origin was refused"))
    await operator.post("/api/v1/readiness/reports")
    newest, oldest = (await operator.get("/api/v1/readiness/reports")).json()["items"]
    change = next(each for each in newest["changes"] if each["id"] == "SEC-4")
    assert change["before"] in ("FAIL", "WARN")
    assert (change["after"], change["evidence"]) == ("PASS", "a foreign origin was refused")
    assert oldest["changes"] == []
    first = await operator.get("/api/v1/readiness/reports", params={"limit": 1})
    assert first.json()["items"][0]["changes"]
    assert first.json()["next_cursor"]


@pytest.mark.long
async def test_the_kept_report_is_shown_until_it_is_old_or_of_another_build(
    operator, context, answering, monkeypatch
):
    answering("SEC-4", passed("kept"))
    await operator.post("/api/v1/readiness/reports")
    answering("SEC-4", passed("looked at now"))

    async def evidence(**query):
        items = (await operator.get("/api/v1/readiness", params=query)).json()["items"]
        return next(item["evidence"] for item in items if item["id"] == "SEC-4")

    assert await evidence() == "kept"
    assert await evidence(now=True) == "looked at now"
    monkeypatch.setattr(reporting, "source_hash", lambda: "0" * 64)
    assert await reporting.is_due(context)
    assert (await operator.get("/api/v1/readiness", params={"kept": True})).json()["items"] == []
    assert await evidence() == "looked at now"
    answering("SEC-4", passed("looked at once more"))
    assert await evidence() == "looked at now"  # who asked first looked for all
    assert await evidence(kept=True) == "looked at now"


@pytest.mark.long
async def test_what_a_page_left_out_is_looked_at_soon(operator, context):
    await operator.get("/api/v1/readiness")
    assert await reporting.is_due(context)


@pytest.mark.long
async def test_a_report_is_made_every_so_many_hours(operator, context, answering, monkeypatch):
    assert await reporting.is_due(context)
    for row in service.PATIENT:
        answering(row, passed("looked at"))
    await reporting.make(context)
    assert not await reporting.is_due(context)
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(hours=6))
    assert await reporting.is_due(context)


@pytest.mark.long
async def test_the_word_of_a_person_is_counted_apart(operator, probe, answering, context):
    answering("WEB-4", passed("Ada looked", kind=Kind.ATTESTED))
    reports = await reporting.look(context, probe, ["WEB-4", "CFG-4"])
    assert service.attested(reports) == 1
    assert (await answer_of(probe, "WEB-4")).kind is Kind.ATTESTED


@pytest.mark.long
async def test_the_report_is_a_document_that_can_be_signed(operator):
    answer = await operator.get("/api/v1/readiness/document")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.long
async def test_every_row_is_a_metric(operator, answering, app):
    answering("CFG-4", passed("seen"))
    await operator.post("/api/v1/readiness/reports")
    lines = (await operator.get("/metrics")).text.splitlines()
    rows = [line for line in lines if line.startswith("readiness_row{")]
    assert len(rows) == 87
    assert 'readiness_row{row="CFG-4"} 4.0' in lines
