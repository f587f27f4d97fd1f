"""The built-in rules: each fires when its threshold is passed and not before, and what they make is an alert with an end."""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from fixtures.api import browser, new_organization
from hauberk.db.audit import record_all_in_job
from hauberk.db.session import transaction
from hauberk.domain.permissions import Actor, Role
from hauberk.features.alerts import evaluating
from hauberk.features.alerts.evaluating import evaluate as evaluate_all
from hauberk.features.alerts.rules import RULES
from hauberk.features.alerts.signals import Disk, JobOutcomes, gather
from hauberk.features.alerts.signals import Pool as UsedPool
from hauberk.infra.tally import BOUNDS, EVERYBODY, PROBE, Requests, Tally, add_up
from hauberk.kit import clock

pytestmark = pytest.mark.anyio

SLOW = (0,) * BOUNDS.index(2.0) + (100,) + (0,) * (len(BOUNDS) - BOUNDS.index(2.0))
CASES = {
    "api_error_rate": (
        {"requests": Requests(1000, 51, (1000,) + (0,) * 10)},
        {"requests": Requests(1000, 50, (1000,) + (0,) * 10)},
    ),
    "api_latency": (
        {"requests": Requests(100, 0, SLOW)},
        {"requests": Requests(100, 0, (0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0))},
    ),
    "database_connections": ({"connections": (81, 100)}, {"connections": (80, 100)}),
    "disk_space": ({"disks": (Disk("/data", 9, 100),)}, {"disks": (Disk("/data", 11, 100),)}),
    "failed_jobs": (
        {"jobs": (JobOutcomes("exports.build", 9, 3),)},
        {"jobs": (JobOutcomes("exports.build", 9, 2),)},
    ),
    "queue_delay": (
        {"queues": {"import": {"waiting": 3, "running": 0, "oldest_seconds": 301.0}}},
        {"queues": {"import": {"waiting": 3, "running": 0, "oldest_seconds": 299.0}}},
    ),
    "brute_force": ({"failed_sign_ins": 50, "addresses": 3}, {"failed_sign_ins": 49, "addresses": 3}),
    "backup_age": (
        {"backed_up_at": clock.now() - timedelta(hours=27)},
        {"backed_up_at": clock.now() - timedelta(hours=25)},
    ),
    "invariant_violated": ({"violations": 1}, {"violations": 0}),
}


def test_every_rule_about_the_installation_has_a_case():
    assert set(CASES) == {name for name, rule in RULES.items() if not rule.is_of_organization}


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
async def test_a_rule_fires_beyond_its_threshold_and_not_at_it(evaluate, age, alerts, name):
    beyond, within = CASES[name]
    evaluate(**within)
    age(minutes=5)
    evaluate(**within)
    assert await alerts() == []
    evaluate(**beyond)
    age(minutes=5)
    evaluate(**beyond)
    (alert,) = await alerts()
    assert (alert["rule"], alert["state"]) == (name, "firing")
    assert alert["summary"]


@pytest.mark.long
async def test_what_must_hold_for_a_while_is_nobodys_business_before(evaluate, age, alerts):
    beyond, within = CASES["database_connections"]
    evaluate(**beyond)
    assert await alerts() == []
    evaluate(**within)
    age(minutes=5)
    evaluate(**beyond)
    assert await alerts() == [], "it began anew"
    age(seconds=61)
    evaluate(**beyond)
    assert len(await alerts(state="firing")) == 1


@pytest.mark.long
async def test_an_alert_is_one_until_it_is_over_and_a_new_one_afterwards(evaluate, age, alerts):
    beyond, within = CASES["failed_jobs"]
    for _ in range(3):
        evaluate(**beyond)
    (first,) = await alerts()
    evaluate(**within)
    assert (await alerts())[0]["state"] == "firing", "a moment without it is no end"
    age(minutes=2)
    evaluate(**within)
    assert (await alerts())[0]["state"] == "resolved"
    evaluate(**beyond)
    found = await alerts()
    assert [each["state"] for each in found] == ["firing", "resolved"]
    assert found[1]["id"] == first["id"]


@pytest.mark.long
async def test_each_pool_and_each_disk_is_an_alert_of_its_own(evaluate, age, alerts):
    full = {
        "pools": (UsedPool("api-1", 60, 60), UsedPool("api-2", 60, 60)),
        "disks": (Disk("/data", 1, 100), Disk("/backups", 8, 100)),
    }
    evaluate(**full)
    age(minutes=2)
    evaluate(**full)
    found = {each["summary"].split()[0]: each["severity"] for each in await alerts()}
    assert found == {"api-1": "critical", "api-2": "critical", "/data": "critical", "/backups": "warning"}


@pytest.mark.long
async def test_few_requests_say_nothing(evaluate, alerts):
    evaluate(requests=Requests(19, 19, (19,) + (0,) * 10))
    assert await alerts() == []


@pytest.mark.long
async def test_a_threshold_is_a_setting_and_can_be_changed_here(evaluate, alerts, api, reachable):
    strict = reachable.model_copy(update={"alert": reachable.alert.model_copy(update={"error_rate": 0.01})})
    few = {"requests": Requests(1000, 20, (1000,) + (0,) * 10)}
    evaluate(**few)
    assert await alerts() == []
    evaluate(strict, **few)
    assert len(await alerts()) == 1
    await api.patch("/api/v1/alert-rules/api_error_rate", json={"is_enabled": False})
    kept = await _rule(api, "api_error_rate")
    assert kept is None or kept["is_enabled"] is False


async def _rule(api, name):
    rules = (await api.get("/api/v1/alert-rules")).json()
    return next((rule for rule in rules if rule["name"] == name), None)


async def test_rules_of_the_installation_are_the_operators_alone(api, organization, engine):
    with transaction(engine) as connection:
        operator = connection.scalar(text("select operating_organization()"))
    assert operator != organization.organization_id
    names = {rule["name"] for rule in (await api.get("/api/v1/alert-rules")).json()}
    assert names == {name for name, rule in RULES.items() if rule.is_of_organization}
    answer = await api.patch("/api/v1/alert-rules/api_error_rate", json={"threshold": 0.5})
    assert answer.status_code == 404


@pytest.mark.long
async def test_an_organization_changes_its_own_rules(api, evaluate, alerts):
    assert (await api.patch("/api/v1/alert-rules/mass_export", json={"threshold": 2})).status_code == 204
    rule = await _rule(api, "mass_export")
    assert (rule["threshold"], rule["default_threshold"]) == (2, 5)
    for _ in range(2):
        await api.get("/api/v1/findings/export")
    evaluate()
    assert [each["rule"] for each in await alerts()] == ["mass_export"]
    await api.patch("/api/v1/alert-rules/mass_export", json={"threshold": None})
    assert (await _rule(api, "mass_export"))["threshold"] == 5
    trail = (await api.get("/api/v1/audit", params={"action": "alert_rule.changed"})).json()["items"]
    assert trail[0]["detail"].items() >= {"rule": "mass_export", "threshold": [2.0, None]}.items()


@pytest.mark.long
async def test_the_detector_sees_who_becomes_administrator(api, evaluate, alerts, client_as):
    member = await client_as(Role.MEMBER)
    me = (await member.get("/api/v1/auth/me")).json()["user"]
    evaluate()
    assert await alerts() == []
    await api.patch(f"/api/v1/users/{me['id']}", json={"role": "viewer"})
    evaluate()
    assert await alerts() == [], "less rights are nobody's alarm"
    await api.patch(f"/api/v1/users/{me['id']}", json={"role": "admin"})
    await api.post("/api/v1/invitations", json={"email": "new@example.org", "role": "admin"})
    evaluate()
    found = await alerts()
    assert {each["rule"] for each in found} == {"privilege_change"}
    assert len(found) == 2
    assert any(me["email"] in each["summary"] for each in found)


@pytest.mark.long
async def test_a_vulnerability_that_is_exploited_now_is_told_with_the_number_of_its_findings(
    engine, organization, evaluate, alerts
):
    acts = [("finding.known_exploited", each, {"names": ["CVE-2024-3094"]}) for each in (1, 2)]
    acts.append(("finding.known_exploited", 3, {"names": ["CVE-2024-3094"], "is_decided": True}))
    acts.append(("finding.known_exploited", 4, {"names": ["CVE-2023-1"], "is_decided": True}))
    with transaction(engine, organization.organization_id) as connection:
        record_all_in_job(connection, Actor.system(organization.organization_id), "finding", acts)
    evaluate()
    evaluate()
    (alert,) = await alerts()
    assert alert["rule"] == "known_exploited"
    assert "CVE-2024-3094" in alert["summary"]
    assert "2 open findings have it" in alert["summary"]


@pytest.mark.long
async def test_the_evaluator_watches_every_organization_where_something_was_done(
    api, engine, reachable, alerts
):
    await api.post("/api/v1/invitations", json={"email": "new@example.org", "role": "admin"})
    evaluate_all(engine, reachable)
    assert [each["rule"] for each in await alerts()] == ["privilege_change"]


@pytest.mark.long
async def test_signals_are_read_from_the_running_installation(engine, reachable, app):
    tally = {str(int(time.time() // 60)): {EVERYBODY: [40, 10, 40, *([0] * 10)]}}
    detail = json.dumps({"requests": tally, "database_pool": {"size": 20, "max_overflow": 40, "in_use": 3}})
    with transaction(engine) as connection:
        connection.execute(
            text("select report_process('api-test', 'api', cast(:detail as jsonb))"), {"detail": detail}
        )
    found = gather(engine, reachable)
    assert found.requests.count >= 40
    assert found.requests.failed >= 10
    assert ("api-test", 3, 60) in [(pool.process, pool.in_use, pool.limit) for pool in found.pools]
    assert 0 < found.connections[0] < found.connections[1]
    assert found.disks
    assert found.disks[0].total > found.disks[0].free > 0
    with transaction(engine) as connection:
        connection.execute(text("select forget_process('api-test')"))


def test_the_tally_counts_by_minute_and_forgets():
    now = [600.0]
    tally = Tally(lambda: now[0])
    tally.note("/api/v1/findings", 200, 0.04)
    tally.note("/api/v1/findings", 503, 1.5)
    tally.note("/api/v1/findings/export", 200, 60.0, is_timed=False)
    tally.note("/health/ready", 503, 0.1)
    tally.note("/api/v1/readiness/probe/slow", 504, 30.0)
    tally.note("/api/v1/readiness/probe/failure", 500, 0.01)
    seen = add_up([tally.told(), tally.told()], EVERYBODY, 0)
    assert (seen.count, seen.failed, sum(seen.buckets)) == (6, 2, 4)
    assert add_up([tally.told()], PROBE, 0).failed == 1
    assert add_up([tally.told()], EVERYBODY, 600).count == 0, "the window is over"
    now[0] += 3600
    tally.note("/api/v1/findings", 200, 0.04)
    assert len(tally.told()) == 1


def test_quantiles_are_read_from_buckets():
    even = Requests(100, 0, (50, 50, *([0] * 9)))
    assert even.quantile(0.5) == pytest.approx(0.05)
    assert even.quantile(0.75) == pytest.approx(0.075)
    assert Requests(1, 0, (*([0] * 10), 1)).quantile(0.95) == 30
    assert Requests().quantile(0.95) == 0


@pytest.mark.long
async def test_each_service_account_that_exports_a_lot_is_an_alert_of_its_own(
    engine, organization, evaluate, alerts, reachable
):
    number = organization.organization_id
    with transaction(engine, number) as connection:
        for account in (1, 2):
            actor = replace(Actor.system(number), name=f"ci ({account})", service_account_id=account)
            acts = [("finding.exported", 1, {"findings": reachable.alert.exported_findings})]
            record_all_in_job(connection, actor, "finding", acts)
    evaluate()
    found = await alerts()
    assert [each["rule"] for each in found] == ["mass_export"] * 2
    assert {each["summary"].partition(" exported")[0] for each in found} == {"ci (1)", "ci (2)"}


@pytest.mark.long
async def test_what_is_wrong_with_one_organization_keeps_no_other_from_being_told(
    app, organization, engine, reachable, alerts, context, monkeypatch
):
    whole, failed = evaluating.evaluate_organization, []

    def fail_elsewhere(connection, settings, organization_id, signals):
        if organization_id != organization.organization_id:
            failed.append(organization_id)
            raise ValueError("a threshold that is none")
        whole(connection, settings, organization_id, signals)

    stranger = await new_organization(context)
    for member in (organization, stranger):
        async with browser(app, **member.headers) as client:
            await client.post("/api/v1/invitations", json={"email": "new@example.org", "role": "admin"})
    monkeypatch.setattr(evaluating, "evaluate_organization", fail_elsewhere)
    evaluate_all(engine, reachable)
    assert stranger.organization_id in failed
    assert [each["rule"] for each in await alerts()] == ["privilege_change"]
