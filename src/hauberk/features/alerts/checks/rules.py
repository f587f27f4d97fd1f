"""ALR-1 to ALR-6: each rule was evaluated within two minutes, by the built-in evaluator or by a Prometheus."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, insert
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.models.event import Event
from hauberk.db.session import Sessions, enter_organization
from hauberk.features.alerts import lifecycle
from hauberk.features.alerts.checks.operator import operators
from hauberk.features.alerts.evaluating import threshold_of
from hauberk.features.alerts.rule import Question, Rule, Unit
from hauberk.features.alerts.rules import RULES
from hauberk.features.alerts.security_rules import EXPORTED, watched_acts
from hauberk.features.feeds.applying import KNOWN_EXPLOITED
from hauberk.features.policies.past_due import PAST_DUE
from hauberk.infra.http import CallFailed, CircuitOpen, Destination, Trust, outbound, register
from hauberk.infra.readiness import Answer, Probe, Result, drilled, failed, passed, readiness, skipped, warned
from hauberk.infra.readiness.in_force import agreed, running
from hauberk.infra.settings import Settings
from hauberk.kit import clock

FRESH: Final = timedelta(minutes=2)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
PROMETHEUS: Final = register(
    Destination("prometheus", "Whether its alert rules are evaluated", trust=Trust.OPERATOR)
)
# Which alerts of deploy/prometheus/rules answer for a row.
ALERTS: Final = {
    "ALR-1": ("ApiErrorBudgetBurnsFast", "ApiErrorRateHigh"),
    "ALR-2": ("ApiLatencyBudgetBurnsFast", "ApiLatencyHigh"),
    "ALR-3": ("PostgresDown", "PostgresConnectionsHigh", "PoolRefuses"),
    "ALR-4": ("DiskAlmostFull", "DiskFillsUp"),
    "ALR-5": ("JobsFail", "ImportsWait"),
    "ALR-6": ("BruteForce", "KnownExploited", "MassExport", "PrivilegeChange"),
}


@readiness("ALR-1", timeout=10)
async def error_rate(probe: Probe) -> Answer:
    answer = await _evaluated(probe, "ALR-1")
    if answer.result is not Result.PASS:
        return answer
    drill = await drilled(probe, "alert")
    if drill.result is Result.FAIL:
        return drill
    if drill.result is not Result.PASS:
        return warned(
            f"{answer.evidence} That an alert arrives is not proved: {drill.evidence}",
            "Run 'hauberk drill alert'.",
        )
    return passed(f"{answer.evidence} {drill.evidence}")


@readiness("ALR-2", timeout=10)
async def latency(probe: Probe) -> Answer:
    return await _evaluated(probe, "ALR-2")


@readiness("ALR-3", timeout=10)
async def database(probe: Probe) -> Answer:
    return await _evaluated(probe, "ALR-3")


@readiness("ALR-4", timeout=10)
async def disk(probe: Probe) -> Answer:
    return await _evaluated(probe, "ALR-4")


@readiness("ALR-5", timeout=10)
async def jobs(probe: Probe) -> Answer:
    return await _evaluated(probe, "ALR-5")


@readiness("ALR-6", timeout=10)
async def security(probe: Probe) -> Answer:
    answer = await _evaluated(probe, "ALR-6")
    if answer.result is not Result.PASS:
        return answer
    missed = await undetected(probe)
    if missed:
        return failed(
            f"Acts made for a probe were not detected: {', '.join(missed)}.", "This is a bug; open an issue."
        )
    return passed(f"{answer.evidence} The detector fired on acts of a probe, which were taken back.")


async def _evaluated(probe: Probe, row: str) -> Answer:
    settings = probe.inside.settings
    if not settings.alert.built_in:
        return await _by_prometheus(settings, row)
    rules = [rule for rule in RULES.values() if rule.row == row]
    async with operators(probe) as (session, number):
        if number is None:
            return skipped(
                "Nobody has an account yet, so nobody could be told.",
                "Make the first account: 'hauberk user sign-in-link'.",
            )
        kept = await _kept(session, number)
    leading = await running(probe, "scheduler", *{rule.variable for rule in rules})
    seen = []
    for rule in rules:
        problem, shown = _state(rule, kept.get(rule.name), settings)
        if problem is not None:
            return failed(problem, "Look whether a scheduler leads ('hauberk scheduler'), and at its log.")
        if shown is None:
            return failed(f"The rule {rule.name} is switched off.", "Switch it on under Alerts, Rules.")
        in_force = [each.settings for each in leading] or [settings]
        if any(rule.is_deaf(threshold_of(rule, kept.get(rule.name), each)) for each in in_force):
            deaf = failed(
                f"{shown} That is as good as switched off.",
                f"Give {rule.name} a threshold that is reached in time, under Alerts, Rules, or by {rule.variable}.",
            )
            return agreed(deaf, leading)
        seen.append(shown)
    return agreed(passed(" ".join(seen)), leading)


async def _kept(session: AsyncSession, number: int) -> dict[str, Row[Any]]:
    connection = await session.connection()
    return await connection.run_sync(lifecycle.kept_rules, number)


def _state(rule: Rule, kept: Row[Any] | None, settings: Settings) -> tuple[str | None, str | None]:
    """What is wrong, or what was seen; neither when it is switched off."""
    if kept is None or kept.evaluated_at is None:
        return f"The rule {rule.name} was never evaluated.", None
    age = clock.now() - kept.evaluated_at
    if abs(age) > FRESH:
        when = (
            f"{int(age.total_seconds())} seconds ago"
            if age > FRESH
            else "in the future, by the clock of here"
        )
        return f"The rule {rule.name} was last evaluated {when}.", None
    if not kept.is_enabled:
        return None, None
    limit = threshold_of(rule, kept, settings)
    shown = f"{limit * 100:g} %" if rule.unit is Unit.SHARE else f"{limit:g}"
    return None, (
        f"{rule.name}: {kept.seen} Threshold {shown} ({rule.variable}),"
        f" evaluated {int(age.total_seconds())} s ago."
    )


async def _by_prometheus(settings: Settings, row: str) -> Answer:
    url = settings.alert.prometheus_url.rstrip("/")
    if not url:
        return failed(
            "The built-in rules are off (HAUBERK_ALERT_BUILT_IN=false), and no Prometheus is named instead.",
            "Set HAUBERK_ALERT_PROMETHEUS_URL, or HAUBERK_ALERT_BUILT_IN=true.",
        )
    try:
        async with outbound(settings) as http:
            answer = await http.send(PROMETHEUS, "GET", f"{url}/api/v1/rules?type=alert")
            groups = answer.json()["data"]["groups"]
    except (CallFailed, CircuitOpen, KeyError, TypeError) as error:
        return skipped(
            f"{url} does not say which rules it has ({error}).", "Look whether it can be reached from here."
        )
    loaded: dict[str, list[dict[str, Any]]] = {name: [] for name in ALERTS[row]}
    for group in groups:
        for rule in group["rules"]:
            loaded.get(rule["name"], []).append(rule)
    missing = [name for name, rules in loaded.items() if not rules]
    if missing:
        return failed(f"Prometheus has no rule {', '.join(missing)}.", "Load deploy/prometheus/rules/*.yml.")
    for name, rules in loaded.items():
        for rule in rules:
            if rule.get("health") != "ok" or clock.now() - _last(rule) > FRESH:
                return failed(
                    f"Prometheus last evaluated {name} at {rule.get('lastEvaluation')}, health {rule.get('health')}.",
                    "Look at Status, Rules in Prometheus.",
                )
    if unheard := await _deaf_or_mute(settings, url):
        return unheard
    return passed(
        f"Prometheus has evaluated {', '.join(ALERTS[row])} within two minutes, scrapes this product and tells an Alertmanager."
    )


async def _deaf_or_mute(settings: Settings, url: str) -> Answer | None:
    """Rules over nothing never fire, and those that fire tell nobody where no Alertmanager is named."""
    try:
        async with outbound(settings) as http:
            found = await http.send(PROMETHEUS, "GET", f"{url}/api/v1/query?query=pg_up")
            told = await http.send(PROMETHEUS, "GET", f"{url}/api/v1/alertmanagers")
        series = found.json()["data"]["result"]
        managers = told.json()["data"]["activeAlertmanagers"]
    except (CallFailed, CircuitOpen, KeyError, TypeError) as error:
        return skipped(
            f"{url} does not say what it scrapes and whom it tells ({error}).",
            "Look whether its API can be reached from here.",
        )
    if not series:
        return failed(
            "Prometheus has the rules, and no series of this product (pg_up) for them.",
            "Let it scrape the serving processes: Status, Targets in Prometheus says why it does not.",
        )
    if not managers:
        return warned(
            "Prometheus names no Alertmanager: what fires tells nobody.",
            "Set alerting.alertmanagers as in deploy/prometheus/prometheus.yml.",
        )
    return None


def _last(rule: dict[str, Any]) -> datetime:
    """In whatever zone that Prometheus lives; one that says nothing readable never did."""
    told = re.sub(r"\.\d+", "", str(rule.get("lastEvaluation", "")))
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return _NEVER
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class _TakeBackError(Exception):
    """Ends the transaction of the probe, so that nothing of it stays."""


async def undetected(probe: Probe) -> list[str]:
    """The rules of the detector that do not fire on acts made for it, in a transaction that is taken back."""
    tenant = await probe.tenant()
    missed: list[str] = []

    def act_and_look(connection: Connection) -> None:
        settings = probe.inside.settings
        raised: tuple[str, dict[str, Any]] = ("user.changed", {"role": ["member", "admin"]})
        acts = [raised] * settings.alert.privilege_changes + [
            (EXPORTED, {"findings": settings.alert.exported_findings}),
            *[(KNOWN_EXPLOITED, {"names": ["CVE-0000-0000"]})] * settings.alert.known_exploited_findings,
            (PAST_DUE, {"findings": settings.alert.past_due_findings, "severities": {"high": 1}}),
        ]
        for action, detail in acts:
            connection.execute(
                insert(Event).values(
                    organization_id=tenant.organization_id,
                    actor_type="user",
                    actor_id=tenant.user_id,
                    actor_name="Probe",
                    action=action,
                    subject_type="user",
                    detail=detail,
                )
            )
        seen = watched_acts(connection, tenant.organization_id)
        for rule in RULES.values():
            if rule.is_of_organization:
                observation = rule.look(Question(seen, rule.default_threshold(settings), settings))
                if not observation.conditions:
                    missed.append(rule.name)
        raise _TakeBackError

    try:
        async with Sessions(probe.inside.engine).transaction() as session:
            await enter_organization(session, tenant.organization_id)
            connection = await session.connection()
            await connection.run_sync(act_and_look)
    except _TakeBackError:
        pass
    return missed
