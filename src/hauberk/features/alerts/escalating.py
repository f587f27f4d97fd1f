"""Escalation: who is told next of an alert that nobody has acknowledged, until somebody has or the policy ends."""

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, select, text, update

from hauberk.db.models.alert import Alert, EscalationPolicy
from hauberk.db.session import transaction
from hauberk.domain.alert import NoticeEvent
from hauberk.features.alerts.lifecycle import Place
from hauberk.features.notifications import ledger
from hauberk.features.on_call.repository import all_schedules
from hauberk.infra.settings import Settings
from hauberk.kit import clock

_DUE = text("select * from organizations_to_escalate()")
_log = structlog.get_logger(__name__)


def escalate(engine: Engine, settings: Settings) -> int:
    """Takes every step that is due; answers how many."""
    with transaction(engine) as connection:
        organizations = connection.execute(_DUE).scalars().all()
    taken = 0
    for organization_id in organizations:
        try:
            with transaction(engine, organization_id) as connection:
                taken += escalate_organization(connection, settings, organization_id)
        except Exception:  # noqa: BLE001 - what one organization has set must not keep the others from being called
            _log.exception("escalation_failed", organization_id=organization_id)
    return taken


def escalate_organization(connection: Connection, settings: Settings, organization_id: int) -> int:
    place = Place.of(settings, connection)
    alerts = connection.execute(
        select(Alert.__table__)
        .where(
            Alert.organization_id == organization_id,
            Alert.state == "firing",
            Alert.acknowledged_at.is_(None),
            Alert.escalate_at <= clock.now(),
        )
        .order_by(Alert.id)
        .with_for_update(skip_locked=True)
    ).all()
    for alert in alerts:
        _step(connection, place, alert)
    return len(alerts)


def _step(connection: Connection, place: Place, alert: Row[Any]) -> None:
    policy = connection.execute(
        select(EscalationPolicy.__table__).where(
            EscalationPolicy.organization_id == alert.organization_id,
            EscalationPolicy.id == alert.escalation_policy_id,
        )
    ).one_or_none()
    following = None
    if policy is not None:
        steps = policy.steps
        told = sum(
            _tell(connection, place, alert, each)
            for each in steps[alert.escalation_step % len(steps)]["notify"]
        )
        number = alert.escalation_step + 1
        if number < len(steps) * (policy.repeats + 1):
            wait = timedelta(minutes=steps[number % len(steps)]["after_minutes"])
            # A step that reached nobody is not waited for; a round that begins again at once would never end.
            following = clock.now() + (wait if told else min(wait, timedelta(minutes=1)))
        _log.info("alert_escalated", rule=alert.rule, step=number, told=told)
    connection.execute(
        update(Alert)
        .where(Alert.organization_id == alert.organization_id, Alert.id == alert.id)
        .values(escalation_step=alert.escalation_step + 1, escalate_at=following)
    )


def _tell(connection: Connection, place: Place, alert: Row[Any], whom: dict[str, Any]) -> int:
    """How many were reached: nobody when a schedule has a gap, or when the person or channel is gone."""
    notice = place.notice(alert, NoticeEvent.TRIGGERED)
    organization_id = alert.organization_id
    if whom["kind"] == "channel":
        made = ledger.tell_channel(connection, organization_id, notice, whom["id"])
        return int(made is not None)
    user_id: int | None = whom["id"]
    if whom["kind"] == "schedule":
        user_id = on_call_now(connection, organization_id, whom["id"])
    if user_id is None:
        return 0
    return int(ledger.tell_person(connection, organization_id, notice, user_id) is not None)


def on_call_now(connection: Connection, organization_id: int, schedule_id: int) -> int | None:
    for shown in all_schedules(connection, organization_id):
        if shown.schedule.id == schedule_id:
            now = clock.now()
            shifts = shown.shifts(now, now + timedelta(minutes=1))
            return shifts[0].user_id if shifts and shifts[0].starts_at <= now else None
    return None
