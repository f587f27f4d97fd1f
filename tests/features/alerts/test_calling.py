"""Who is called, and how it ends: channels, escalation step by step, acknowledgement here and by signed link."""

import re

import pytest
from sqlalchemy import text

from features.alerts.conftest import told
from fixtures.api import browser, new_member, new_organization
from hauberk.db.session import transaction
from hauberk.domain.permissions import Role
from hauberk.features.alerts import escalating
from hauberk.features.alerts.escalating import escalate_organization
from hauberk.infra.tally import Requests

pytestmark = pytest.mark.anyio

FAILING = {"requests": Requests(1000, 500, (1000,) + (0,) * 10)}
LINK = re.compile(r"/acknowledge#token=(\S+)")


@pytest.fixture
async def people(organization, context):
    """Ann and Bob, with their public ids."""
    made = [await new_member(context, organization.organization_id, Role.MEMBER) for _ in range(2)]
    return [(each, context.public_ids.encode("usr", each.user_id)) for each in made]


@pytest.fixture
async def policy(api, people, receivers):
    """Ann is on call; Bob is called after ten minutes; then both once more."""
    (_, ann), (_, bob) = people
    layer = {"name": "First", "people": [ann], "first_handover": "2026-01-05T09:00:00"}
    body = {"name": "Operations", "time_zone": "Europe/Berlin", "layers": [layer]}
    schedule = (await api.post("/api/v1/on-call/schedules", json=body)).json()
    steps = [
        {"after_minutes": 0, "notify": [{"kind": "schedule", "id": schedule["id"]}]},
        {"after_minutes": 10, "notify": [{"kind": "person", "id": bob}]},
    ]
    made = await api.post(
        "/api/v1/escalation-policies", json={"name": "P", "steps": steps, "repeats": 1, "is_default": True}
    )
    assert made.status_code == 201, made.text
    return made.json()


@pytest.fixture
def escalate(engine, reachable, organization):
    def run():
        with transaction(engine, organization.organization_id) as connection:
            return escalate_organization(connection, reachable, organization.organization_id)

    return run


@pytest.mark.long
async def test_one_after_the_other_is_called_until_the_policy_ends(
    evaluate, escalate, age, policy, engine, organization, alerts
):
    evaluate(**FAILING)
    assert [escalate(), escalate()] == [1, 0], "the first at once, the second not yet"
    age(minutes=11)
    assert escalate() == 1
    for _ in range(5):
        age(minutes=11)
        escalate()
    called = [recipient for kind, recipient, _ in told(engine, organization) if kind == "person"]
    assert called == ["Member"] * 4, "two steps, and once more"
    assert (await alerts())[0]["next_call_at"] is None


@pytest.mark.long
async def test_nobody_else_is_called_once_somebody_has_acknowledged(
    evaluate, escalate, age, policy, api, engine, organization, client_as, alerts
):
    evaluate(**FAILING)
    escalate()
    (alert,) = await alerts()
    member = await client_as(Role.MEMBER)
    shown = (await member.post(f"/api/v1/alerts/{alert['id']}/acknowledge")).json()
    assert (shown["state"], shown["acknowledged_by"]["name"], shown["next_call_at"]) == (
        "firing",
        "Member",
        None,
    )
    age(minutes=60)
    assert escalate() == 0
    again = (await api.post(f"/api/v1/alerts/{alert['id']}/acknowledge")).json()
    assert again["acknowledged_at"] == shown["acknowledged_at"], "the first one counts"
    evaluate(**FAILING)
    assert len(await alerts()) == 1
    age(minutes=5)
    evaluate()
    assert (await alerts())[0]["state"] == "resolved"
    trail = (await api.get("/api/v1/audit", params={"action": "alert."})).json()["items"]
    assert [each["action"] for each in trail] == ["alert.acknowledged"]


@pytest.mark.long
async def test_whoever_is_called_acknowledges_by_the_link_in_the_mail(
    evaluate, escalate, policy, send, mail_server, app, alerts, people
):
    evaluate(**FAILING)
    escalate()
    send()
    (message,) = mail_server.messages
    (token,) = LINK.findall(message.get_body(("plain",)).get_content())
    async with browser(app) as nobody:
        seen = await nobody.post("/api/v1/alerts/link", json={"token": token})
        assert seen.json()["is_acknowledged"] is False
        assert (await alerts())[0]["acknowledged_at"] is None, "to look changes nothing"
        done = await nobody.post("/api/v1/alerts/link/acknowledge", json={"token": token})
        assert done.json()["is_acknowledged"] is True
        for wrong in (token[:-2], "x", token.replace(".", ""), ""):
            refused = await nobody.post("/api/v1/alerts/link/acknowledge", json={"token": wrong})
            assert refused.status_code == 404
    assert (await alerts())[0]["acknowledged_by"]["id"] == people[0][1]


@pytest.mark.long
async def test_a_link_is_worth_nothing_for_whoever_left(
    evaluate, escalate, policy, send, mail_server, app, api, people
):
    evaluate(**FAILING)
    escalate()
    send()
    (token,) = LINK.findall(mail_server.messages[0].get_body(("plain",)).get_content())
    await api.patch(f"/api/v1/users/{people[0][1]}", json={"is_disabled": True})
    async with browser(app) as nobody:
        answer = await nobody.post("/api/v1/alerts/link/acknowledge", json={"token": token})
    assert answer.status_code == 404


@pytest.mark.long
async def test_who_was_called_hears_that_it_is_over(evaluate, escalate, age, policy, send, mail_server):
    evaluate(**FAILING)
    escalate()
    send()
    age(minutes=5)
    evaluate()
    send()
    assert [message["Subject"].partition(":")[0] for message in mail_server.messages] == [
        "Critical",
        "Resolved",
    ]


@pytest.mark.long
async def test_a_gap_in_the_rotation_does_not_keep_the_next_one_waiting(
    evaluate, escalate, age, policy, api, people, engine, organization
):
    await api.patch(f"/api/v1/users/{people[0][1]}", json={"is_disabled": True})
    evaluate(**FAILING)
    escalate()
    age(seconds=61)
    escalate()
    assert [kind for kind, _, _ in told(engine, organization)] == ["person"], "Bob, after a minute"


@pytest.mark.long
async def test_a_test_page_is_over_when_its_person_acknowledges(api, send, mail_server, app, people, alerts):
    ann = people[0][1]
    assert (await api.post("/api/v1/alerts/page-tests", json={"user_id": ann})).status_code == 201
    send()
    (message,) = mail_server.messages
    assert message["Subject"].startswith("[Test]")
    (token,) = LINK.findall(message.get_body(("plain",)).get_content())
    async with browser(app) as nobody:
        await nobody.post("/api/v1/alerts/link/acknowledge", json={"token": token})
    (alert,) = await alerts()
    assert (alert["state"], alert["is_test"], alert["acknowledged_by"]["id"]) == ("resolved", True, ann)


@pytest.mark.long
async def test_an_alert_is_ended_by_hand_once(evaluate, api, alerts):
    evaluate(**FAILING)
    (alert,) = await alerts()
    assert (await api.post(f"/api/v1/alerts/{alert['id']}/resolve")).json()["state"] == "resolved"
    assert (await api.post(f"/api/v1/alerts/{alert['id']}/resolve")).status_code == 409
    assert (await api.post(f"/api/v1/alerts/{alert['id']}/acknowledge")).status_code == 409
    evaluate(**FAILING)
    assert len(await alerts()) == 2, "what still holds fires again"


@pytest.mark.long
async def test_alerts_of_another_organization_are_not_there(evaluate, alerts, context, app, engine):
    evaluate(**FAILING)
    (alert,) = await alerts()
    stranger = await new_organization(context)
    async with browser(app, **stranger.headers) as client:
        assert (await client.get(f"/api/v1/alerts/{alert['id']}")).status_code == 404
        assert (await client.get("/api/v1/alerts")).json()["items"] == []
    with transaction(engine) as connection:
        assert connection.scalar(text("select count(*) from alert")) == 0


@pytest.mark.long
async def test_an_organization_that_cannot_be_called_keeps_no_other_from_it(
    evaluate, policy, engine, organization, reachable
):
    evaluate(**FAILING)
    broken = text("update on_call_schedule set layers = jsonb_set(layers, '{0,first_handover}', '\"never\"')")
    with transaction(engine, organization.organization_id) as connection:
        connection.execute(broken)
        mine = text("select escalation_step from alert where escalate_at is not null")
        assert connection.scalars(mine).all() == [0]
    assert escalating.escalate(engine, reachable) >= 0
