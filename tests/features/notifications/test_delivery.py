"""Notices reach every kind of channel as its service documents it; what fails is tried again, and has an end."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from fixtures.api import browser, serving, unlimited
from fixtures.receivers import MailServer, reaching
from hauberk.api import health
from hauberk.db.session import transaction
from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.features.notifications import ledger
from hauberk.features.notifications.quiet_hours import QuietHours
from hauberk.features.notifications.sending import MAX_ATTEMPTS, pause, send_due

pytestmark = pytest.mark.anyio

KINDS = ("slack", "teams", "webhook", "pagerduty", "opsgenie", "email")
HOSTILE = (
    "<!channel> <https://evil.example|click> & <script>alert(1)</script>\r\nBcc: x@evil.example "
    + "long " * 900
)


def notice(
    event=NoticeEvent.TRIGGERED, *, key=None, severity=AlertSeverity.CRITICAL, text="It is so.", **more
):
    return Notice(
        event=event,
        dedup_key=key or f"{secrets.token_hex(6)}@hauberk.example.org",
        rule=more.pop("rule", "api_error_rate"),
        severity=severity,
        title=more.pop("title", "Many requests fail"),
        text=text,
        source="hauberk.example.org",
        started_at=datetime(2026, 11, 25, 21, 0, tzinfo=UTC),
        url="https://hauberk.example.org/alerts",
        runbook_url="https://hauberk.example.org/alerts/runbooks/ApiErrorRateHigh",
        facts=(("Failed", "12"), ("Requests", "100")),
        **more,
    )


def tell(engine, organization, told):
    with transaction(engine, organization.organization_id) as connection:
        return ledger.tell_channels(connection, organization.organization_id, told)


@pytest.mark.long
async def test_every_kind_takes_what_fires_and_what_is_over(
    engine, organization, make_channel, send, receivers, mail_server, deliveries
):
    for kind in KINDS:
        await make_channel(kind)
    tell(engine, organization, notice(key="one"))
    send()
    tell(engine, organization, notice(NoticeEvent.RESOLVED, key="one"))
    send()
    told = await deliveries(dedup_key="one")
    assert {(each["kind"], each["event"]) for each in told} == {
        (kind, event) for kind in KINDS for event in ("triggered", "resolved")
    }
    assert {each["state"] for each in told} == {"delivered"}, told
    assert [each["event_action"] for each in receivers.accepted["/v2/enqueue"]] == ["trigger", "resolve"]
    assert receivers.accepted["/v2/alerts/one/close"]
    assert len(receivers.accepted["/services/T0/B0/secret-part"]) == 2
    assert [each["type"] for each in receivers.accepted["/hook"]] == ["alert.triggered", "alert.resolved"]
    subjects = [message["Subject"] for message in mail_server.messages]
    assert subjects == ["Critical: Many requests fail", "Resolved: Many requests fail"]
    assert mail_server.messages[0]["References"] == mail_server.messages[1]["References"]


@pytest.mark.long
async def test_words_of_others_become_no_markup_and_no_header(
    engine, organization, make_channel, send, receivers, mail_server, deliveries
):
    for kind in KINDS:
        await make_channel(kind)
    tell(engine, organization, notice(title=HOSTILE, text=HOSTILE))
    send()
    assert {each["state"] for each in await deliveries()} == {"delivered"}
    (message,) = mail_server.messages
    assert message["Bcc"] is None
    assert mail_server.recipients == ["operations@example.org"]
    assert "<script>" not in message.get_body(("html",)).get_content()


@pytest.mark.long
async def test_an_acknowledgement_goes_to_those_who_call_people(
    engine, organization, make_channel, send, receivers, deliveries
):
    for kind in ("slack", "pagerduty", "opsgenie"):
        await make_channel(kind)
    tell(engine, organization, notice(key="two"))
    send()
    tell(engine, organization, notice(NoticeEvent.ACKNOWLEDGED, key="two"))
    send()
    assert [each["event_action"] for each in receivers.accepted["/v2/enqueue"]] == ["trigger", "acknowledge"]
    assert receivers.accepted["/v2/alerts/two/acknowledge"]
    assert len(receivers.accepted["/services/T0/B0/secret-part"]) == 1


@pytest.mark.long
async def test_a_receiver_that_is_down_is_tried_again_under_the_same_id(
    engine, organization, make_channel, send, receivers, deliveries, api
):
    await make_channel("webhook")
    receivers.answers["/hook"] = [(503, {"retry-after": "7"}, b"soon"), (500, {}, b"")]
    (number,) = tell(engine, organization, notice())
    for _ in range(3):
        make_due(engine, organization, number)
        send()
    (delivery,) = await deliveries()
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    ids = {headers["webhook-id"] for headers in receivers.headers["/hook"]}
    assert ids == {delivery["id"]}
    shown = (await api.get(f"/api/v1/notification-deliveries/{delivery['id']}")).json()
    assert [(each["outcome"], each["code"]) for each in shown["tries"]] == [
        ("failed", 503),
        ("failed", 500),
        ("accepted", 204),
    ]
    assert "soon" in shown["tries"][0]["detail"]


@pytest.mark.long
async def test_tries_come_to_an_end_and_the_dead_can_be_sent_again(
    engine, organization, make_channel, send, receivers, deliveries, api
):
    await make_channel("slack")
    receivers.answers["/services/T0/B0/secret-part"] = [(429, {}, b"")] * MAX_ATTEMPTS
    (number,) = tell(engine, organization, notice())
    for _ in range(MAX_ATTEMPTS + 2):
        make_due(engine, organization, number)
        send()
    (delivery,) = await deliveries(state="dead")
    assert delivery["attempts"] == MAX_ATTEMPTS
    answer = await api.post(f"/api/v1/notification-deliveries/{delivery['id']}/replay")
    assert answer.json()["state"] == "waiting"
    send()
    (delivery,) = await deliveries(state="delivered")
    again = await api.post(f"/api/v1/notification-deliveries/{delivery['id']}/replay")
    assert again.status_code == 409, "what has arrived is not sent twice"
    trail = (await api.get("/api/v1/audit", params={"action": "delivery.replayed"})).json()["items"]
    assert trail[0]["subject"]["id"] == delivery["id"]


@pytest.mark.long
async def test_what_is_refused_for_good_is_not_tried_again(
    engine, organization, make_channel, send, receivers, deliveries, mail_server
):
    await make_channel("pagerduty")
    await make_channel("email")
    receivers.answers["/v2/enqueue"] = [(400, {}, b'{"errors": ["routing_key is invalid"]}')]
    mail_server.refusals = ["550 no such mailbox"]
    tell(engine, organization, notice())
    send()
    dead = {each["kind"]: each for each in await deliveries(state="dead")}
    assert dead["pagerduty"]["attempts"] == dead["email"]["attempts"] == 1
    assert "routing_key is invalid" in dead["pagerduty"]["error"]
    assert "no such mailbox" in dead["email"]["error"]


@pytest.mark.long
async def test_a_full_mailbox_is_tried_again(
    engine, organization, make_channel, send, mail_server, deliveries
):
    await make_channel("email")
    mail_server.refusals = ["452 mailbox full"]
    (number,) = tell(engine, organization, notice())
    send()
    assert (await deliveries())[0]["state"] == "waiting"
    make_due(engine, organization, number)
    send()
    assert (await deliveries())[0]["state"] == "delivered"


@pytest.mark.long
async def test_without_its_mail_server_mail_waits_health_says_so_and_it_goes_out_when_it_is_back(
    engine, organization, make_channel, receivers, deliveries, settings, monkeypatch
):
    monkeypatch.setattr(health, "KEPT_SECONDS", -1)
    await make_channel("email")
    gone = MailServer()
    reachable = reaching(settings, receivers, gone)
    async with serving(unlimited(reachable)) as app, browser(app) as anybody:

        async def ready():
            answer = await anybody.get("/health/ready")
            return answer.status_code, answer.json()["degraded"]

        assert await ready() == (200, [])
        gone.close()
        (number,) = tell(engine, organization, notice())
        send_due(engine, reachable)
        (waiting,) = await deliveries()
        assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
        assert "cannot be reached" in waiting["error"]
        assert waiting["next_attempt_at"] > waiting["created_at"]
        assert await ready() == (200, ["mail"])
        back = MailServer(port=gone.port)
        make_due(engine, organization, number)
        send_due(engine, reachable)
        assert await ready() == (200, [])
    back.close()
    assert (await deliveries())[0]["state"] == "delivered"
    assert len(back.messages) == 1


async def test_a_receiver_that_is_gone_disables_its_channel(
    engine, organization, make_channel, send, receivers, api
):
    channel = await make_channel("webhook")
    receivers.answers["/hook"] = [(410, {}, b"")]
    tell(engine, organization, notice())
    send()
    shown = (await api.get(f"/api/v1/notification-channels/{channel['id']}")).json()
    assert shown["is_enabled"] is False
    assert "410" in shown["disabled_reason"]
    assert tell(engine, organization, notice()) == []


@pytest.mark.long
async def test_an_alert_that_was_over_before_it_was_told_is_not_told(
    engine, organization, make_channel, send, receivers, deliveries
):
    await make_channel("slack")
    tell(engine, organization, notice(key="short"))
    assert tell(engine, organization, notice(NoticeEvent.RESOLVED, key="short")) == []
    send()
    (delivery,) = await deliveries()
    assert delivery["state"] == "dropped"
    assert not receivers.accepted


@pytest.mark.long
async def test_what_may_have_arrived_is_resolved(
    engine, organization, make_channel, send, receivers, deliveries
):
    """The trigger was tried and its outcome is unknown: a resolve too many does no harm, one too few calls people."""
    await make_channel("pagerduty")
    receivers.answers["/v2/enqueue"] = [(502, {}, b"")] * 3
    tell(engine, organization, notice(key="unsure"))
    send()
    tell(engine, organization, notice(NoticeEvent.RESOLVED, key="unsure"))
    receivers.answers["/v2/enqueue"] = []
    send()
    assert [each["event_action"] for each in receivers.accepted["/v2/enqueue"]] == ["resolve"]
    assert {each["state"] for each in await deliveries()} == {"dropped", "delivered"}


async def test_a_channel_hears_only_what_it_listens_to(engine, organization, make_channel):
    await make_channel("slack", name="grave", least_severity="critical")
    await make_channel("slack", name="jobs", least_severity="info", rules=["failed_jobs"])
    assert len(tell(engine, organization, notice(severity=AlertSeverity.WARNING))) == 0
    assert len(tell(engine, organization, notice())) == 1
    assert len(tell(engine, organization, notice(rule="failed_jobs", severity=AlertSeverity.INFO))) == 1


@pytest.mark.long
async def test_quiet_hours_hold_what_can_wait(
    engine, organization, make_channel, send, receivers, deliveries
):
    always = {"time_zone": "Europe/Berlin", "begins": "00:00", "ends": "00:00"}
    await make_channel("slack", quiet_hours=always, least_severity="info")
    tell(engine, organization, notice(severity=AlertSeverity.WARNING, key="later"))
    tell(engine, organization, notice(severity=AlertSeverity.CRITICAL, key="now"))
    send()
    told = {each["dedup_key"]: each for each in await deliveries()}
    assert (told["now"]["state"], told["later"]["state"]) == ("delivered", "waiting")
    assert told["later"]["is_held"]


def test_quiet_hours_end_on_the_wall_clock_also_when_it_jumps():
    quiet = QuietHours.from_json(
        {"time_zone": "Europe/Berlin", "begins": "22:00", "ends": "07:00", "except_severity": None}
    )
    before_the_jump = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight; the clock goes from 2 to 3
    assert quiet.held_until(AlertSeverity.CRITICAL, before_the_jump) == datetime(
        2026, 3, 29, 5, 0, tzinfo=UTC
    )
    assert quiet.held_until(AlertSeverity.CRITICAL, datetime(2026, 3, 29, 5, 0, tzinfo=UTC)) is None


def test_pauses_grow_scatter_and_obey_the_receiver():
    assert 8 <= pause(1) <= 12
    assert 2000 <= pause(9) <= 4320
    assert pause(1, asked_for=60) == 60
    assert pause(1, asked_for=10**9) <= 3600


def make_due(engine, organization, delivery_id):
    with transaction(engine, organization.organization_id) as connection:
        connection.execute(
            text("update notification_delivery set next_attempt_at = :then where id = :id"),
            {"then": datetime.now(UTC) - timedelta(seconds=1), "id": delivery_id},
        )
