"""Channels over HTTP: what they need is said by their kind, secrets go in and never come out."""

import pytest
from sqlalchemy import select, update

from hauberk.db.models.notification import NotificationChannel
from hauberk.db.session import transaction
from hauberk.domain.permissions import Role
from hauberk.features.notifications import service
from hauberk.infra.envelope import Sealed

pytestmark = pytest.mark.anyio

CHANNELS = "/api/v1/notification-channels"


async def test_no_answer_and_no_column_holds_the_secret(make_channel, api, engine, organization):
    channel = await make_channel("slack")
    for answer in (
        await api.get(CHANNELS),
        await api.get(f"{CHANNELS}/{channel['id']}"),
        await api.patch(f"{CHANNELS}/{channel['id']}", json={"name": "Room"}),
        await api.get("/api/v1/audit"),
    ):
        assert "secret-part" not in answer.text
    with transaction(engine, organization.organization_id) as connection:
        row = connection.execute(select(NotificationChannel.__table__)).one()
    assert b"secret-part" not in row.secret.raw
    assert "secret-part" not in str(row.configuration)
    assert row.host == "localhost"


@pytest.mark.long
async def test_a_test_button_says_in_the_ledger_what_came_of_it(
    make_channel, api, send, receivers, mail_server
):
    for kind, path in (("teams", "/workflow"), ("opsgenie", "/v2/alerts")):
        channel = await make_channel(kind)
        started = await api.post(f"{CHANNELS}/{channel['id']}/trial")
        assert started.status_code == 202
        send()
        delivery = (await api.get(f"/api/v1/notification-deliveries/{started.json()['id']}")).json()
        assert (delivery["state"], delivery["is_test"]) == ("delivered", True), delivery
        assert "Test" in str(receivers.accepted[path])
        shown = (await api.get(f"{CHANNELS}/{channel['id']}")).json()
        assert shown["last_accepted_at"]


async def test_nobody_floods_others_with_tests(api, make_channel, monkeypatch):
    monkeypatch.setattr(service, "TESTS_AN_HOUR", 2)
    channel = await make_channel("slack")
    path = f"/api/v1/notification-channels/{channel['id']}/trial"
    assert [(await api.post(path)).status_code for _ in range(3)] == [202, 202, 429]
    me = (await api.get("/api/v1/auth/me")).json()["user"]["id"]
    assert (await api.post("/api/v1/alerts/page-tests", json={"user_id": me})).status_code == 429


async def test_a_webhook_makes_its_own_secret_and_shows_it_once(api, receivers):
    body = {"name": "hook", "kind": "webhook", "configuration": {"url": receivers.url("/hook")}}
    made = (await api.post(CHANNELS, json=body)).json()
    assert made["made_secret"]["signing_secret"].startswith("whsec_")
    assert "made_secret" not in (await api.get(f"{CHANNELS}/{made['id']}")).json()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "pigeon"}, "/kind"),
        ({"kind": "slack", "secret": {"url": "http://hooks.example.org/x"}}, "/secret/url"),
        ({"kind": "slack", "secret": {}}, "/secret/url"),
        ({"kind": "slack", "secret": {"url": "https://a.example/x", "more": 1}}, "/secret/more"),
        ({"kind": "pagerduty", "secret": {"routing_key": "short"}}, "/secret/routing_key"),
        ({"kind": "email", "configuration": {"recipients": []}}, "/configuration/recipients"),
        (
            {"kind": "email", "configuration": {"recipients": ["a\nb@example.org"]}},
            "/configuration/recipients/0",
        ),
        (
            {
                "kind": "webhook",
                "configuration": {"url": "https://a.example/"},
                "secret": {"signing_secret": "x"},
            },
            "/secret/signing_secret",
        ),
        (
            {
                "kind": "email",
                "configuration": {"recipients": ["a@example.org"]},
                "quiet_hours": {"time_zone": "Mars/Olympus", "begins": "22:00", "ends": "07:00"},
            },
            "/quiet_hours/time_zone",
        ),
    ],
)
async def test_what_is_wrong_is_named(api, body, pointer):
    answer = await api.post(CHANNELS, json={"name": "x", **body})
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text


@pytest.mark.long
async def test_a_name_is_taken_once_and_what_was_sent_outlives_its_channel(
    make_channel, api, send, receivers, deliveries
):
    channel = await make_channel("slack")
    body = {"name": channel["name"], "kind": "slack", "secret": {"url": receivers.url("/services/x")}}
    assert (await api.post(CHANNELS, json=body)).status_code == 409
    await api.post(f"{CHANNELS}/{channel['id']}/trial")
    assert (await api.delete(f"{CHANNELS}/{channel['id']}")).status_code == 204
    send()
    (delivery,) = await deliveries()
    assert (delivery["state"], delivery["recipient"]) == ("dead", channel["name"])


async def test_a_new_secret_replaces_the_old_one_and_a_disabled_channel_is_not_tried(
    make_channel, api, send, receivers
):
    channel = await make_channel("slack")
    path = f"{CHANNELS}/{channel['id']}"
    await api.patch(path, json={"secret": {"url": receivers.url("/services/other")}})
    await api.post(f"{path}/trial")
    send()
    assert receivers.accepted["/services/other"]
    await api.patch(path, json={"is_enabled": False})
    assert (await api.post(f"{path}/trial")).status_code == 409


@pytest.mark.long
async def test_a_secret_whose_key_is_gone_is_entered_again(
    make_channel, api, send, receivers, engine, organization
):
    channel = await make_channel("slack")
    path = f"{CHANNELS}/{channel['id']}"
    with transaction(engine, organization.organization_id) as connection:
        sealed = connection.scalars(select(NotificationChannel.secret)).one()
        gone = Sealed(sealed.raw[:2] + b"z" * sealed.raw[1] + sealed.raw[2 + sealed.raw[1] :])
        connection.execute(update(NotificationChannel).values(secret=gone))
    await api.post(f"{path}/trial")
    send()
    told = (await api.get(path)).json()["last_error"]
    assert "HAUBERK_SECRET_KEYS" in told
    assert (await api.patch(path, json={"name": "Renamed"})).status_code == 200
    refused = await api.patch(path, json={"configuration": {}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/secret"
    assert "enter it again" in refused.json()["errors"][0]["message"]
    assert (
        await api.patch(path, json={"secret": {"url": receivers.url("/services/new")}})
    ).status_code == 200


async def test_members_see_channels_and_only_administrators_change_them(make_channel, client_as):
    channel = await make_channel("slack")
    member = await client_as(Role.MEMBER)
    assert (await member.get(f"{CHANNELS}/{channel['id']}")).status_code == 200
    assert (await member.post(f"{CHANNELS}/{channel['id']}/trial")).status_code == 403
    viewer = await client_as(Role.VIEWER)
    assert (await viewer.get(CHANNELS)).status_code == 403


@pytest.mark.parametrize(
    ("kind", "given_again"), [("opsgenie", True), ("pagerduty", True), ("webhook", False)]
)
async def test_a_stored_secret_is_not_sent_to_another_address(
    make_channel, api, receivers, kind, given_again
):
    """Whoever may change channels must not read by that what none of their answers shows."""
    channel = await make_channel(kind)
    path = f"{CHANNELS}/{channel['id']}"
    assert (await api.patch(path, json={"configuration": channel["configuration"]})).status_code == 200
    (name,) = channel["configuration"]
    answer = await api.patch(path, json={"configuration": {name: "https://eve.example/take"}})
    assert answer.status_code == (422 if given_again else 200)
    if given_again:
        assert answer.json()["errors"][0]["pointer"] == "/secret"
        assert (await api.get(path)).json()["host"] == channel["host"]
