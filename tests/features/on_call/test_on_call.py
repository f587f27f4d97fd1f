"""Rotations and escalation policies over HTTP."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.api import new_member, new_organization
from hauberk.domain.permissions import Role

pytestmark = pytest.mark.anyio

SCHEDULES = "/api/v1/on-call/schedules"


@pytest.fixture
async def ann(api, organization, context):
    return context.public_ids.encode("usr", organization.user_id)


@pytest.fixture
async def bob(organization, context):
    member = await new_member(context, organization.organization_id, Role.MEMBER)
    return context.public_ids.encode("usr", member.user_id)


def rotation(*people, **more):
    layer = {"name": "First", "people": list(people), "first_handover": "2026-01-05T09:00:00"}
    return {"name": "Operations", "time_zone": "Europe/Berlin", "layers": [{**layer, **more}]}


async def test_a_rotation_says_who_is_on_call_and_who_is_next(api, ann, bob):
    made = (await api.post(SCHEDULES, json=rotation(ann, bob))).json()
    assert made["uncovered_seconds"] == 0
    assert {made["on_call"]["person"]["id"], made["next_up"]["person"]["id"]} == {ann, bob}
    (now,) = (await api.get("/api/v1/on-call/now")).json()
    assert now["on_call"]["person"] == made["on_call"]["person"]
    timeline = (await api.get(f"{SCHEDULES}/{made['id']}/timeline")).json()
    assert timeline["gaps"] == []
    people = [shift["person"]["id"] for shift in timeline["shifts"]]
    assert len(people) >= 4
    assert all(one != other for one, other in itertools.pairwise(people))


async def test_an_override_is_there_at_once_and_goes_again(api, ann, bob, client_as):
    made = (await api.post(SCHEDULES, json=rotation(ann))).json()
    now = datetime.now(UTC)
    body = {
        "user_id": bob,
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
        "reason": "Dentist",
    }
    member = await client_as(Role.MEMBER)
    override = (await member.post(f"{SCHEDULES}/{made['id']}/overrides", json=body)).json()
    shown = (await api.get(f"{SCHEDULES}/{made['id']}")).json()
    assert (shown["on_call"]["person"]["id"], shown["on_call"]["layer"]) == (bob, None)
    assert (await api.get(f"{SCHEDULES}/{made['id']}/overrides")).json()[0]["reason"] == "Dentist"
    assert (await member.delete(f"/api/v1/on-call/overrides/{override['id']}")).status_code == 204
    assert (await api.get(f"{SCHEDULES}/{made['id']}")).json()["on_call"]["person"]["id"] == ann
    backwards = {**body, "ends_at": body["starts_at"]}
    assert (await member.post(f"{SCHEDULES}/{made['id']}/overrides", json=backwards)).status_code == 422


async def test_somebody_who_is_disabled_leaves_a_gap(api, bob):
    made = (await api.post(SCHEDULES, json=rotation(bob))).json()
    await api.patch(f"/api/v1/users/{bob}", json={"is_disabled": True})
    shown = (await api.get(f"{SCHEDULES}/{made['id']}")).json()
    assert shown["on_call"] is None
    assert shown["uncovered_seconds"] == 7 * 86_400
    assert shown["people"][0]["is_available"] is False


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"time_zone": "Nowhere"}, "/time_zone"),
        ({"layers": []}, "/layers"),
        ({"name": ""}, "/name"),
    ],
)
async def test_what_is_wrong_with_a_rotation_is_named(api, ann, change, pointer):
    answer = await api.post(SCHEDULES, json={**rotation(ann), **change})
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]


async def test_nobody_of_another_organization_can_be_called(api, ann, context):
    stranger = context.public_ids.encode("usr", (await new_organization(context)).user_id)
    answer = await api.post(SCHEDULES, json=rotation(ann, stranger))
    assert answer.json()["errors"][0]["pointer"] == "/layers/0/people/1"
    body = {"name": "P", "steps": [{"after_minutes": 0, "notify": [{"kind": "person", "id": stranger}]}]}
    answer = await api.post("/api/v1/escalation-policies", json=body)
    assert answer.json()["errors"][0]["pointer"] == "/steps/0/notify/0/id"


async def test_one_policy_is_the_default(api, ann):
    body = {
        "steps": [{"after_minutes": 5, "notify": [{"kind": "person", "id": ann}]}],
        "is_default": True,
    }
    first = (await api.post("/api/v1/escalation-policies", json={"name": "First", **body})).json()
    second = await api.post("/api/v1/escalation-policies", json={"name": "Second", **body})
    assert second.status_code == 201
    defaults = {
        each["name"]: each["is_default"]
        for each in (await api.get("/api/v1/escalation-policies")).json()["items"]
    }
    assert defaults == {"First": False, "Second": True}
    changed = await api.put(f"/api/v1/escalation-policies/{first['id']}", json={"name": "First", **body})
    assert changed.json()["is_default"]
    assert (await api.delete(f"/api/v1/escalation-policies/{first['id']}")).status_code == 204


async def test_changes_are_in_the_audit_trail_and_members_do_not_make_them(api, ann, client_as):
    made = (await api.post(SCHEDULES, json=rotation(ann))).json()
    changed = await api.put(f"{SCHEDULES}/{made['id']}", json={**rotation(ann), "time_zone": "UTC"})
    assert changed.json()["time_zone"] == "UTC"
    trail = (await api.get("/api/v1/audit", params={"action": "schedule."})).json()["items"]
    assert [each["action"] for each in trail] == ["schedule.changed", "schedule.created"]
    assert trail[0]["detail"]["time_zone"] == ["Europe/Berlin", "UTC"]
    member = await client_as(Role.MEMBER)
    assert (await member.put(f"{SCHEDULES}/{made['id']}", json=rotation(ann))).status_code == 403
    assert (await member.get(f"{SCHEDULES}/{made['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        ("2026-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"),
        ("0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00Z"),
    ],
)
async def test_an_override_beyond_all_calendars_does_not_end_calling(api, ann, client_as, starts_at, ends_at):
    """It could not be read again, and with it nobody of the schedule."""
    made = (await api.post(SCHEDULES, json=rotation(ann))).json()
    member = await client_as(Role.MEMBER)
    body = {"user_id": ann, "starts_at": starts_at, "ends_at": ends_at}
    answer = await member.post(f"{SCHEDULES}/{made['id']}/overrides", json=body)
    assert answer.status_code == 422
    assert (await api.get("/api/v1/on-call/now")).status_code == 200


@pytest.mark.parametrize("first_handover", ["0001-01-01T00:00:00", "9999-12-31T23:00:00"])
async def test_a_rotation_begins_in_a_year_that_clocks_know(api, ann, first_handover):
    wanted = rotation(ann, first_handover=first_handover)
    assert (await api.post(SCHEDULES, json=wanted)).status_code == 422


async def test_a_timeline_ends_before_the_calendar_does(api, ann):
    made = (await api.post(SCHEDULES, json=rotation(ann))).json()
    answer = await api.get(f"{SCHEDULES}/{made['id']}/timeline", params={"since": "9999-12-30T00:00:00Z"})
    assert answer.status_code == 422
