"""Bulk acts: by id or by query, in a job; safe against lists that changed meanwhile and against being run again."""

import pytest
from sqlalchemy import func, select, update

from factories.asset import make_asset
from factories.finding import make_finding
from hauberk.db import counts
from hauberk.db.models.finding import Decision, Finding
from hauberk.db.models.job import Job
from hauberk.domain.finding import Triage
from hauberk.features.findings import jobs

pytestmark = pytest.mark.anyio

ACCEPT = {"triage": "risk_accepted", "reason": "Behind the firewall"}


def triages(rows):
    with rows() as connection:
        return sorted(Triage.of_code(code) for code in connection.scalars(select(Finding.triage)))


async def test_by_query_everything_that_is_found_is_changed(
    api, rows, organization, many, work_off, monkeypatch
):
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    answer = await api.post(
        "/api/v1/findings/bulk", json={"q": "is:open", "expected_total": 5, "change": ACCEPT}
    )
    assert answer.status_code == 202
    assert answer.json()["job"]["state"] == "accepted"
    work_off()
    assert triages(rows) == ["open"] + ["risk_accepted"] * 5
    with rows() as connection:
        job = connection.execute(select(Job.state, Job.progress, Job.result)).one()
        assert (job.state, job.result) == ("done", {"selected": 5, "changed": 5})
        assert counts.differences(connection, organization.organization_id) == []
    shown = (await api.get(f"/api/v1/findings/{many[0]}")).json()
    assert shown["history"][0]["actor"]["name"]


async def test_by_id_only_these_are_changed_and_a_second_run_writes_nothing(api, rows, many, work_off):
    await api.post("/api/v1/findings/bulk", json={"ids": many[:2], "change": ACCEPT})
    work_off()
    assert triages(rows).count("risk_accepted") == 2
    with rows() as connection:
        connection.execute(update(Job).values(state="accepted", attempts=0))
    work_off()
    with rows() as connection:
        assert connection.scalar(select(Job.result)) == {"selected": 2, "changed": 0}
        assert connection.scalar(select(func.count()).select_from(Decision)) == 2


async def test_another_number_than_the_caller_saw_is_a_conflict(api, rows, many):
    answer = await api.post(
        "/api/v1/findings/bulk", json={"q": "is:open", "expected_total": 4, "change": ACCEPT}
    )
    assert answer.status_code == 409
    assert "5 findings now, not 4" in answer.json()["detail"]


async def test_what_comes_before_a_worker_does_it_is_not_changed_unseen(
    api, rows, organization, many, work_off
):
    await api.post("/api/v1/findings/bulk", json={"q": "is:open", "expected_total": 5, "change": ACCEPT})
    with rows() as connection:
        make_finding(connection, make_asset(connection, organization.organization_id, "till"))
    work_off()
    assert triages(rows) == ["open"] * 7
    with rows() as connection:
        job = connection.execute(select(Job.state, Job.error)).one()
    assert (job.state, job.error["code"]) == ("failed", "total_changed")
    assert "6 findings now, 5 when it was asked" in job.error["message"]


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        ({"ids": ["fnd_x"], "change": {"triage": "false_positive"}}, "/change/reason"),
        ({"q": "is:opne", "expected_total": 1, "change": ACCEPT}, "/q"),
        ({"q": "is:open", "ids": ["fnd_x"], "expected_total": 1, "change": ACCEPT}, ""),
        ({"q": "is:open", "change": ACCEPT}, ""),
        ({"change": ACCEPT}, ""),
        ({"ids": [], "change": ACCEPT}, "/ids"),
    ],
)
async def test_a_bulk_act_that_lacks_something_names_it(api, payload, pointer):
    answer = await api.post("/api/v1/findings/bulk", json=payload)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_finding_is_never_made_a_duplicate_of_itself_in_bulk(api, rows, many, work_off, public):
    target = many[0]
    answer = await api.post(
        "/api/v1/findings/bulk",
        json={"q": "is:open", "expected_total": 5, "change": {"triage": "duplicate", "duplicate_of": target}},
    )
    assert answer.status_code == 202
    work_off()
    assert triages(rows).count("duplicate") == 4
    assert (await api.get(f"/api/v1/findings/{target}")).json()["triage"] == "open"
