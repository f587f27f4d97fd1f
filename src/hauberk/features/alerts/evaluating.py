"""The evaluator: asks every rule again and again, and makes alerts of what holds, and ends those of what does not.

The leading scheduler does it every 30 seconds. All state is in the database, and an organization is evaluated under a
lock of its own, so that two leaders at once do no harm and a new one goes on where the last one stopped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, Row, delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hauberk.db.models.alert import Alert, AlertRule
from hauberk.db.session import transaction
from hauberk.features.alerts import lifecycle
from hauberk.features.alerts.lifecycle import PAGE_TEST, Place
from hauberk.features.alerts.rule import Condition, Observation, Question, Rule
from hauberk.features.alerts.rules import RULES
from hauberk.features.alerts.security_rules import LOOKS_BACK, WATCHED, watched_acts
from hauberk.features.alerts.signals import Signals, gather
from hauberk.infra.settings import Settings
from hauberk.kit import clock

EVERY_SECONDS: Final = 30.0
TESTS_END_AFTER: Final = timedelta(hours=1)

_LOCK: Final = 0x616C_7274  # any constant, beside the organization
_OPERATOR = text("select operating_organization()")
_WATCHED = text("select * from organizations_to_watch(:actions, :since)")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Round:
    """One evaluation of one organization."""

    connection: Connection
    organization_id: int
    place: Place
    now: datetime


def evaluate(engine: Engine, settings: Settings) -> None:
    """All organizations in which something may have to be said."""
    with transaction(engine) as connection:
        operator = connection.execute(_OPERATOR).scalar_one()
        watched = connection.execute(
            _WATCHED, {"actions": list(WATCHED), "since": clock.now() - LOOKS_BACK}
        ).scalars()
        organizations = set(watched) | ({operator} if operator is not None else set())
    for organization_id in sorted(organizations):
        try:
            signals = gather(engine, settings) if organization_id == operator else None
            with transaction(engine, organization_id) as connection:
                evaluate_organization(connection, settings, organization_id, signals)
        except Exception:  # noqa: BLE001 - what is wrong with one organization must not keep the others from being told
            _log.exception("evaluation_failed", organization_id=organization_id)


def evaluate_organization(
    connection: Connection, settings: Settings, organization_id: int, signals: Signals | None
) -> None:
    """With `signals` the rules about the installation too: it is the operator's organization."""
    connection.execute(
        text("select pg_advisory_xact_lock(:lock, :organization)"),
        {"lock": _LOCK, "organization": organization_id},
    )
    about = _Round(connection, organization_id, Place.of(settings, connection), clock.now())
    kept = lifecycle.kept_rules(connection, organization_id)
    acts = watched_acts(connection, organization_id)
    is_open = lifecycle.open_alerts(connection, organization_id)
    for rule in RULES.values():
        if signals is None and not rule.is_of_organization:
            continue
        observation = _observe(
            rule, kept.get(rule.name), settings, acts if rule.is_of_organization else signals
        )
        if signals is not None:
            _note(about, rule, observation)
        _reconcile(about, rule, observation, [alert for alert in is_open if alert.rule == rule.name])
    for alert in is_open:
        if alert.rule not in RULES and (alert.rule != PAGE_TEST or _age(about, alert) > TESTS_END_AFTER):
            lifecycle.resolve(
                connection, about.place, alert
            )  # a rule that is gone, a test that nobody answered


def threshold_of(rule: Rule, kept: Row[Any] | None, settings: Settings) -> float:
    """The organization's own, else the setting's."""
    if kept is not None and kept.threshold is not None:
        return float(kept.threshold)
    return rule.default_threshold(settings)


def _observe(rule: Rule, kept: Row[Any] | None, settings: Settings, material: Any) -> Observation:
    if kept is not None and not kept.is_enabled:
        return Observation(0.0, "The rule is switched off.")
    return rule.look(Question(material, threshold_of(rule, kept, settings), settings))


def _note(about: _Round, rule: Rule, observation: Observation) -> None:
    values = {"value": observation.value, "seen": observation.seen, "evaluated_at": about.now}
    about.connection.execute(
        upsert(AlertRule)
        .values(organization_id=about.organization_id, name=rule.name, **values)
        .on_conflict_do_update(index_elements=["organization_id", "name"], set_=values)
    )


def _reconcile(about: _Round, rule: Rule, observation: Observation, is_open: list[Row[Any]]) -> None:
    known: Mapping[str, Row[Any]] = {alert.fingerprint: alert for alert in is_open}
    holds = {f"{rule.name}: {each.about}": each for each in observation.conditions}
    for fingerprint, condition in holds.items():
        _hold(about, rule, fingerprint, condition, known.get(fingerprint))
    for fingerprint, alert in known.items():
        if fingerprint in holds:
            continue
        if alert.state == "pending":
            about.connection.execute(delete(Alert).where(*_is(alert)))
        elif about.now - alert.last_seen_at >= rule.clears_after:
            lifecycle.resolve(about.connection, about.place, alert)
            _log.info("alert_resolved", rule=rule.name, fingerprint=fingerprint)


def _hold(about: _Round, rule: Rule, fingerprint: str, condition: Condition, known: Row[Any] | None) -> None:
    values: dict[str, Any] = {
        "title": condition.title,
        "summary": condition.summary,
        "facts": [list(fact) for fact in condition.facts],
        "severity": (condition.severity or rule.severity).value,
        "last_seen_at": about.now,
    }
    if known is None:
        known = about.connection.execute(
            insert(Alert)
            .values(
                organization_id=about.organization_id,
                rule=rule.name,
                fingerprint=fingerprint,
                is_test=condition.is_test,
                began_at=about.now,
                **values,
            )
            .returning(Alert.__table__)
        ).one()
    else:
        known = about.connection.execute(
            update(Alert).where(*_is(known)).values(values).returning(Alert.__table__)
        ).one()
    waits = timedelta() if condition.is_test else rule.holds_for
    if known.state == "pending" and about.now - known.began_at >= waits:
        lifecycle.fire(about.connection, about.place, known)
        _log.warning("alert_fired", rule=rule.name, fingerprint=fingerprint, severity=known.severity)


def _is(alert: Row[Any]) -> tuple[Any, Any]:
    return Alert.organization_id == alert.organization_id, Alert.id == alert.id


def _age(about: _Round, alert: Row[Any]) -> timedelta:
    began_at: datetime = alert.began_at
    return about.now - began_at
