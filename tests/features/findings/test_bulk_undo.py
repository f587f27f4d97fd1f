"""A change of many findings is taken back as it was made: in a job, and without what people did since."""

import pytest
from sqlalchemy import select, update

from hauberk.db import counts
from hauberk.db.models.bulk_change import BulkChange
from hauberk.db.models.finding import Decision, Finding
from hauberk.db.models.job import Job
from hauberk.kit import clock

pytestmark = pytest.mark.anyio

ALL_OPEN = {"q": "is:open", "expected_total": 5}
DISMISS = {"triage": "false_positive", "reason": "The scanner guesses"}
EVERYTHING = {**DISMISS, "severity": "critical", "severity_reason": "Faces the internet"}


@pytest.fixture
def change_all(bulk):
    return lambda **values: bulk(**ALL_OPEN, change=values)


@pytest.fixture
def undo(api, work_off):
    async def take_back(job):
        answer = await api.post(f"/api/v1/findings/bulk/{job}/undo")
        if answer.status_code != 202:
            return answer
        work_off()
        return (await api.get(f"/api/v1/jobs/{answer.json()['job']['id']}")).json()

    return take_back


def standing(rows):
    """What people have set, by finding."""
    columns = ("id", "triage", "decision_id", "duplicate_of_id", "assignee_id", "severity_override")
    with rows() as connection:
        wanted = (getattr(Finding, name) for name in (*columns, "severity", "priority"))
        return connection.execute(select(*wanted).order_by(Finding.id)).all()


@pytest.mark.long
async def test_everything_is_as_it_was_whoever_had_decided_it(
    api, rows, organization, many, change_all, undo, public
):
    me = public("usr", organization.user_id)
    await api.patch(f"/api/v1/findings/{many[0]}", json={"triage": "confirmed", "reason": "Seen"})
    await api.patch(
        f"/api/v1/findings/{many[1]}", json={"severity": "high", "severity_reason": "In the shop"}
    )
    before = standing(rows)
    job = await change_all(**EVERYTHING, assignee=me)
    assert standing(rows) != before
    done = await undo(job)
    assert (done["state"], done["counts"]) == ("done", {"selected": 5, "changed": 5, "kept": 0})
    assert standing(rows) == before
    with rows() as connection:
        assert counts.differences(connection, organization.organization_id) == []
    told = (await api.get(f"/api/v1/findings/{many[0]}")).json()
    assert (told["triage"], told["triage_reason"]) == ("confirmed", "Seen")
    assert "taken back" in str(told["history"][0])
    graded = (await api.get(f"/api/v1/findings/{many[1]}")).json()["severity_override"]
    assert (graded["severity"], graded["reason"]) == ("high", "In the shop")


@pytest.mark.long
async def test_who_looks_back_later_sees_what_holds_again(api, many, work_off, undo):
    await api.patch(f"/api/v1/findings/{many[0]}", json={"triage": "false_positive", "reason": "First"})
    await api.patch(
        f"/api/v1/findings/{many[1]}", json={"severity": "high", "severity_reason": "In the shop"}
    )
    answer = await api.post("/api/v1/findings/bulk", json={"ids": many, "change": EVERYTHING})
    work_off()
    await undo(answer.json()["job"]["id"])
    found = (await api.get("/api/v1/findings", params={"as_of": clock.now().isoformat()})).json()["items"]
    then = {each["id"]: each for each in found}
    assert (then[many[0]]["triage"], then[many[0]]["triage_reason"]) == ("false_positive", "First")
    assert then[many[1]]["severity"] == "high"


@pytest.mark.long
async def test_what_somebody_has_changed_since_stays(api, rows, many, change_all, undo):
    job = await change_all(**DISMISS)
    await api.patch(f"/api/v1/findings/{many[2]}", json={"triage": "confirmed", "reason": "It is real"})
    done = await undo(job)
    assert done["counts"] == {"selected": 5, "changed": 4, "kept": 1}
    assert sorted([(await api.get(f"/api/v1/findings/{each}")).json()["triage"] for each in many]) == [
        "confirmed",
        *["open"] * 4,
    ]


@pytest.mark.long
async def test_taking_back_can_be_taken_back_and_nothing_twice(rows, many, change_all, undo):
    job = await change_all(**DISMISS)
    changed = standing(rows)
    first = await undo(job)
    again = await undo(job)
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "nothing_to_undo")
    await undo(first["id"])
    assert standing(rows) == changed


@pytest.mark.long
async def test_a_duplicate_whose_original_became_its_duplicate_stays(api, rows, many, undo, work_off):
    one, other = many[:2]
    await api.patch(f"/api/v1/findings/{one}", json={"triage": "duplicate", "duplicate_of": other})
    answer = await api.post("/api/v1/findings/bulk", json={"ids": [one], "change": {"triage": "confirmed"}})
    work_off()
    await api.patch(f"/api/v1/findings/{other}", json={"triage": "duplicate", "duplicate_of": one})
    done = await undo(answer.json()["job"]["id"])
    assert done["counts"] == {"selected": 1, "changed": 0, "kept": 1}


async def test_what_is_still_being_changed_is_not_taken_back(api, many):
    answer = await api.post("/api/v1/findings/bulk", json={**ALL_OPEN, "change": DISMISS})
    waiting = await api.post(f"/api/v1/findings/bulk/{answer.json()['job']['id']}/undo")
    assert (waiting.status_code, waiting.json()["type"].rpartition(":")[2]) == (409, "not_ended")


async def test_only_changes_of_many_findings_are_taken_back(api, rows, many, change_all):
    job = await change_all(**DISMISS)
    with rows() as connection:
        connection.execute(update(Job).values(kind="expire_refs"))
    answer = await api.post(f"/api/v1/findings/bulk/{job}/undo")
    assert answer.status_code == 404
    assert "There is no change of many findings" in answer.json()["detail"]


@pytest.mark.long
async def test_a_further_attempt_adds_to_what_the_first_one_found(
    rows, many, change_all, undo, api, work_off
):
    before = standing(rows)
    job = await change_all(**DISMISS)
    with (
        rows() as connection
    ):  # as if the worker had died after its last portion, and a person had been quicker
        connection.execute(
            update(Finding).where(Finding.id == before[0].id).values(triage=0, decision_id=None)
        )
        connection.execute(update(Job).values(state="accepted", attempts=0))
    work_off()
    with rows() as connection:
        assert len(connection.execute(select(BulkChange.finding_id)).all()) == 5
        assert len(connection.execute(select(Decision.id)).all()) == 6
    await undo(job)
    assert standing(rows) == before
