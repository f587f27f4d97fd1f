"""Readiness of alerting: what is sound passes or warns, and each row is seen to fail when its subject is wrong."""

import json
import threading
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import func, select, text, update

from fixtures.api import browser, new_member
from fixtures.http_servers import answering, listening
from fixtures.nodes import free_port
from fixtures.readiness import answer_of, site_of
from hauberk.db.models.alert import AlertRule
from hauberk.db.models.notification import NotificationChannel, NotificationDelivery
from hauberk.db.session import enter_organization, transaction
from hauberk.domain.permissions import Role
from hauberk.features.alerts.drills import page
from hauberk.features.alerts.evaluating import evaluate as evaluate_all
from hauberk.features.alerts.rule import Unit
from hauberk.features.alerts.rules import RULES as ALL_RULES
from hauberk.features.notifications.sending import send_due
from hauberk.features.readiness import probing
from hauberk.infra.readiness import Result
from hauberk.kit import clock

pytestmark = pytest.mark.anyio

RULES = ["ALR-1", "ALR-2", "ALR-3", "ALR-4", "ALR-5", "ALR-6"]


@pytest.fixture
async def operator(engine, organization):
    """The operator's organization, as the first one that is no probe's."""
    with transaction(engine) as connection:
        return connection.scalar(text("select operating_organization()"))


@pytest.fixture
def evaluated(engine, reachable, operator):
    evaluate_all(engine, reachable)


@pytest.fixture
async def operators_api(app, context, operator):
    """A client of an administrator of the operator."""
    member = await new_member(context, operator, Role.ADMIN)
    async with context.sessions.transaction() as session:
        await enter_organization(session, operator)
        for table in ("notification_channel", "escalation_policy", "on_call_schedule"):
            await session.execute(text(f"delete from {table}"))
        # The first organization of the database is also other tests' own, whose people acknowledged pages.
        await session.execute(text("update alert set acknowledged_by = null"))
    async with browser(app, **member.headers) as client:
        client.user_id = context.public_ids.encode("usr", member.user_id)
        yield client


@pytest.mark.long
@pytest.mark.parametrize("row", RULES)
async def test_a_rule_that_is_evaluated_passes(probe, evaluated, row):
    answer = await answer_of(probe, row)
    # ALR-1 wants the drill besides.
    assert answer.result is (Result.WARN if row == "ALR-1" else Result.PASS), answer.evidence
    assert "HAUBERK_ALERT_" in answer.evidence


@pytest.mark.long
@pytest.mark.breaks(*RULES)
@pytest.mark.parametrize("row", RULES)
async def test_a_rule_that_nobody_evaluates_fails(probe, evaluated, engine, operator, row):
    with transaction(engine, operator) as connection:
        connection.execute(update(AlertRule).values(evaluated_at=clock.now() - timedelta(minutes=3)))
    answer = await answer_of(probe, row)
    assert "seconds ago" in answer.evidence


@pytest.mark.long
@pytest.mark.breaks("ALR-4")
async def test_a_rule_that_is_switched_off_fails(probe, evaluated, engine, operator):
    with transaction(engine, operator) as connection:
        connection.execute(update(AlertRule).where(AlertRule.name == "disk_space").values(is_enabled=False))
    try:
        assert "switched off" in (await answer_of(probe, "ALR-4")).evidence
    finally:
        with transaction(engine, operator) as connection:
            connection.execute(update(AlertRule).values(is_enabled=True))


@pytest.mark.long
@pytest.mark.breaks(*RULES)
@pytest.mark.parametrize("row", RULES)
async def test_a_rule_whose_threshold_is_never_reached_fails(probe, evaluated, engine, operator, row):
    """As somebody sets it who wants peace from it."""
    rule = next(each for each in ALL_RULES.values() if each.row == row)
    quiet = 0 if rule.is_least else 1 if rule.unit is Unit.SHARE else 10**9
    of_rule = update(AlertRule).where(AlertRule.name == rule.name)
    with transaction(engine, operator) as connection:
        connection.execute(of_rule.values(threshold=quiet))
    try:
        assert "as good as switched off" in (await answer_of(probe, row)).evidence
    finally:
        with transaction(engine, operator) as connection:
            connection.execute(of_rule.values(threshold=None))


@pytest.mark.long
@pytest.mark.breaks("ALR-3")
async def test_neither_evaluator_nor_prometheus_fails(app, context, evaluated):
    off = context.settings.model_copy(
        update={"alert": context.settings.alert.model_copy(update={"built_in": False})}
    )
    site = site_of(app)
    async with probing.of(context, site) as probe:
        bare = replace(probe, installation=replace(probe.inside, settings=off))
        assert "no Prometheus" in (await answer_of(bare, "ALR-3")).evidence
    await site.http.aclose()


async def _rotation(client, user_id, **layer):
    body = {
        "name": "Operations",
        "time_zone": "Europe/Berlin",
        "layers": [{"name": "L", "people": [user_id], "first_handover": "2026-01-05T09:00:00", **layer}],
    }
    schedule = (await client.post("/api/v1/on-call/schedules", json=body)).json()
    steps = [{"after_minutes": 0, "notify": [{"kind": "schedule", "id": schedule["id"]}]}]
    policy = {"name": "P", "steps": steps, "is_default": True}
    assert (await client.post("/api/v1/escalation-policies", json=policy)).status_code == 201


@pytest.mark.breaks("ALR-7")
async def test_no_rotation_and_a_rotation_with_a_gap_fail(probe, operators_api):
    assert "No escalation policy" in (await answer_of(probe, "ALR-7")).evidence
    days = [{"begins": "08:00", "ends": "18:00"}]
    await _rotation(operators_api, operators_api.user_id, hours=days)
    assert "Nobody is on call" in (await answer_of(probe, "ALR-7")).evidence


@pytest.mark.long
@pytest.mark.breaks("ALR-7")
async def test_a_rotation_whose_people_were_not_reached_warns_and_passes_once_they_were(
    probe, operators_api, reachable
):
    await _rotation(operators_api, operators_api.user_id)
    silent = await answer_of(probe, "ALR-7")
    assert "no mail server is named" in silent.evidence
    probe = replace(probe, installation=replace(probe.inside, settings=reachable))
    assert (await answer_of(probe, "ALR-7")).result is Result.WARN
    made = await operators_api.post("/api/v1/alerts/page-tests", json={"user_id": operators_api.user_id})
    await operators_api.post(f"/api/v1/alerts/{made.json()['id']}/acknowledge")
    answer = await answer_of(probe, "ALR-7")
    assert answer.result is Result.PASS, answer.evidence
    away = reachable.mail.model_copy(update={"port": free_port()})
    settings = reachable.model_copy(update={"mail": away})
    dead = replace(probe, installation=replace(probe.inside, settings=settings))
    assert "called by e-mail. The mail server" in (await answer_of(dead, "ALR-7")).evidence


@pytest.mark.long
@pytest.mark.breaks("ALR-8")
async def test_no_channel_and_a_channel_that_took_nothing_fail(
    probe, operators_api, receivers, engine, reachable, operator
):
    assert "no channel" in (await answer_of(probe, "ALR-8")).evidence
    body = {"name": "Room", "kind": "slack", "secret": {"url": receivers.url("/services/room")}}
    channel = (await operators_api.post("/api/v1/notification-channels", json=body)).json()
    assert "nothing was accepted" in (await answer_of(probe, "ALR-8")).evidence
    await operators_api.post(f"/api/v1/notification-channels/{channel['id']}/trial")
    send_due(engine, reachable)
    answer = await answer_of(probe, "ALR-8")
    assert answer.result is Result.WARN, answer.evidence
    with transaction(engine, operator) as connection:
        connection.execute(update(NotificationDelivery).values(state="dead"))
    assert "could not be delivered" in (await answer_of(probe, "ALR-8")).evidence
    with transaction(engine, operator) as connection:
        connection.execute(
            update(NotificationChannel).values(is_enabled=False, disabled_reason="Gone (410).")
        )
    assert "Switched off by itself: Room (Gone (410).)" in (await answer_of(probe, "ALR-8")).evidence
    await operators_api.patch(f"/api/v1/notification-channels/{channel['id']}", json={"is_enabled": False})
    assert "no channel" in (await answer_of(probe, "ALR-8")).evidence


@pytest.mark.long
async def test_the_page_drill_sends_to_every_channel_and_resolves(
    probe, operators_api, receivers, engine, reachable
):
    for name, kind, secret in (
        ("Pager", "pagerduty", {"routing_key": "R" * 32}),
        ("Room", "slack", {"url": receivers.url("/services/room")}),
    ):
        configuration = {"api_url": receivers.url("/v2/enqueue")} if kind == "pagerduty" else {}
        body = {"name": name, "kind": kind, "configuration": configuration, "secret": secret}
        await operators_api.post("/api/v1/notification-channels", json=body)
    stop = threading.Event()

    def keep_sending():
        while not stop.wait(0.2):
            send_due(engine, reachable)

    thread = threading.Thread(target=keep_sending)
    thread.start()
    try:
        outcome = await page(probe)
    finally:
        stop.set()
        thread.join()
    assert outcome.has_passed, outcome.evidence
    assert [each["event_action"] for each in receivers.accepted["/v2/enqueue"]] == ["trigger", "resolve"]


async def test_the_page_drill_fails_when_there_is_nobody_to_tell(probe, operators_api):
    outcome = await page(probe)
    assert not outcome.has_passed


@pytest.mark.long
@pytest.mark.breaks("ALR-8")
@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"state": "waiting", "attempts": 4, "error": "It does not answer."},
            "to Room (It does not answer.)",
        ),
        ({"state": "waiting", "next_attempt_at": clock.now() - timedelta(hours=1)}, "nobody sends them"),
    ],
    ids=["tried in vain", "never tried"],
)
async def test_a_notice_that_does_not_get_out_fails_before_it_is_given_up(
    probe, operators_api, receivers, engine, reachable, operator, values, said
):
    body = {"name": "Room", "kind": "slack", "secret": {"url": receivers.url("/services/room")}}
    channel = (await operators_api.post("/api/v1/notification-channels", json=body)).json()
    for _ in range(2):
        await operators_api.post(f"/api/v1/notification-channels/{channel['id']}/trial")
        send_due(engine, reachable)
    with transaction(engine, operator) as connection:
        newest = select(func.max(NotificationDelivery.id)).scalar_subquery()
        later = {"next_attempt_at": clock.now() + timedelta(minutes=5)}
        connection.execute(
            update(NotificationDelivery)
            .where(NotificationDelivery.id == newest)
            .values({"ended_at": None, **later, **values})
        )
    try:
        answer = await answer_of(probe, "ALR-8")
        with transaction(engine, operator) as connection:
            refused_once = {"state": "waiting", "attempts": 1, "error": "Bad gateway.", **later}
            connection.execute(
                update(NotificationDelivery).where(NotificationDelivery.id == newest).values(refused_once)
            )
        retried = await answer_of(probe, "ALR-8")
    finally:
        with transaction(engine, operator) as connection:
            connection.execute(
                update(NotificationDelivery)
                .where(NotificationDelivery.state == "waiting")
                .values(state="delivered", ended_at=clock.now())
            )
    assert said in answer.evidence
    assert retried.result is Result.WARN
    assert "not taken yet by Room (Bad gateway.); it is tried again" in retried.evidence
    assert (await answer_of(probe, "ALR-8")).result is Result.WARN  # of the drill alone


@pytest.mark.long
@pytest.mark.breaks("ALR-8")
async def test_a_mail_server_that_is_gone_fails_though_it_took_mail_last_week(
    app, context, operators_api, reachable, engine, mail_server
):
    body = {"name": "Mail", "kind": "email", "configuration": {"recipients": ["ops@example.org"]}}
    channel = (await operators_api.post("/api/v1/notification-channels", json=body)).json()
    await operators_api.post(f"/api/v1/notification-channels/{channel['id']}/trial")
    send_due(engine, reachable)
    site = site_of(app)
    async with probing.of(context, site) as probe:
        here = replace(probe, installation=replace(probe.inside, settings=reachable))
        assert (await answer_of(here, "ALR-8")).result is Result.WARN  # of the drill alone
        assert len(mail_server.messages) == 1, "a look sends nothing"
        gone = reachable.mail.model_copy(update={"port": free_port()})
        dead = reachable.model_copy(update={"mail": gone})
        answer = await answer_of(replace(probe, installation=replace(probe.inside, settings=dead)), "ALR-8")
        none = reachable.model_copy(update={"mail": gone.model_copy(update={"host": ""})})
        unnamed = await answer_of(replace(probe, installation=replace(probe.inside, settings=none)), "ALR-8")
    await site.http.aclose()
    assert "does not answer" in answer.evidence
    assert "no mail server is named" in unnamed.evidence


# One document for whatever is asked: its rules, the series of the product, and whom it tells.
RULES_OF_PROMETHEUS = """{{"data": {{"result": [{{"value": [0, "1"]}}], "activeAlertmanagers": [{{"url": "x"}}], "groups": [{{"rules": [
  {{"name": "DiskAlmostFull", "health": "ok", "lastEvaluation": "{first}"}},
  {{"name": "DiskFillsUp", "health": "ok", "lastEvaluation": "{now}"}},
  {{"name": "DiskAlmostFull", "health": "ok", "lastEvaluation": "{now}"}}]}}]}}}}"""


@pytest.mark.parametrize(
    ("minutes", "hours_east", "result"),
    [
        (0, 0, Result.PASS),
        (0, 9, Result.PASS),
        (0, -9, Result.PASS),
        (30, 0, Result.WARN),
        (30, 9, Result.WARN),
    ],
)
async def test_when_prometheus_evaluated_is_read_in_its_own_zone(probe, minutes, hours_east, result):
    zone = timezone(timedelta(hours=hours_east))
    first = (clock.now() - timedelta(minutes=minutes)).astimezone(zone).isoformat()
    told = RULES_OF_PROMETHEUS.format(first=first, now=clock.now().isoformat())
    answer = await _by_prometheus(probe, told)
    assert answer.result is result, answer.evidence


@pytest.mark.parametrize(
    ("missing", "words"), [("result", "no series of this product"), ("activeAlertmanagers", "tells nobody")]
)
async def test_a_prometheus_that_sees_nothing_or_tells_nobody_is_not_enough(probe, missing, words):
    now = clock.now().isoformat()
    document = json.loads(RULES_OF_PROMETHEUS.format(first=now, now=now))
    document["data"][missing] = []
    answer = await _by_prometheus(probe, json.dumps(document))
    assert (answer.result, words in answer.evidence) == (Result.WARN, True), answer.evidence


async def _by_prometheus(probe, told):
    settings = probe.inside.settings
    async with listening(answering(told.encode(), content_type="application/json")) as prometheus:
        alert = settings.alert.model_copy(
            update={"built_in": False, "prometheus_url": f"http://127.0.0.1:{prometheus.port}"}
        )
        changed = settings.model_copy(update={"alert": alert})
        there = replace(probe, installation=replace(probe.inside, settings=changed))
        return await answer_of(there, "ALR-4")
