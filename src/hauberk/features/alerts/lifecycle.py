"""What becomes of an alert: it fires, is acknowledged, is over; and who is told of each, in the same transaction."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, select, update

from hauberk.db import installation
from hauberk.db.models.alert import Alert, AlertRule, EscalationPolicy
from hauberk.domain.alert import AlertSeverity, Notice, NoticeEvent
from hauberk.features.alerts.rules import RULES
from hauberk.features.notifications import ledger
from hauberk.infra.settings import Settings
from hauberk.kit import clock
from hauberk.kit.ids import PublicIds

PAGE_TEST = "page_test"
"""The rule of alerts that somebody made to try whether people are reached."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where links lead and what this installation is called."""

    base_url: str
    public_ids: PublicIds

    @classmethod
    def of(cls, settings: Settings, connection: Connection) -> Self:
        return cls(settings.base_url, installation.read(connection).public_ids)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    def dedup_key(self, alert_id: int) -> str:
        return f"{self.public_ids.encode('alr', alert_id)}@{self.host}"

    def notice(self, alert: Any, event: NoticeEvent, text: str | None = None) -> Notice:
        """`alert` is a row, or anything with its columns."""
        rule = RULES.get(alert.rule)
        return Notice(
            event=event,
            dedup_key=self.dedup_key(alert.id),
            rule=alert.rule,
            severity=AlertSeverity(alert.severity),
            title=alert.title,
            text=text or alert.summary,
            source=self.host,
            started_at=alert.began_at,
            url=f"{self.base_url}/alerts?state=all",
            runbook_url=f"{self.base_url}/alerts/runbooks/{rule.runbook}" if rule else None,
            facts=tuple((name, value) for name, value in alert.facts),
            is_test=alert.is_test,
        )


def fire(connection: Connection, place: Place, alert: Any, *, tells_channels: bool = True) -> None:
    """The channels are told at once, people by the escalation policy."""
    now = clock.now()
    policy = _policy(connection, alert) if tells_channels else None
    values: dict[str, Any] = {"state": "firing", "fired_at": now}
    if policy is not None:
        values |= {
            "escalation_policy_id": policy.id,
            "escalate_at": now + timedelta(minutes=policy.steps[0]["after_minutes"]),
        }
    _change(connection, alert, values)
    if tells_channels:
        ledger.tell_channels(connection, alert.organization_id, place.notice(alert, NoticeEvent.TRIGGERED))


def acknowledge(connection: Connection, place: Place, alert: Any, *, user_id: int | None, name: str) -> None:
    """Nobody else is called; the alert stays until it is over. A test is over with it."""
    _change(
        connection,
        alert,
        {"acknowledged_at": clock.now(), "acknowledged_by": user_id, "escalate_at": None},
    )
    text = f"{name} acknowledged it and looks after it."
    ledger.tell_channels(
        connection, alert.organization_id, place.notice(alert, NoticeEvent.ACKNOWLEDGED, text)
    )
    if alert.rule == PAGE_TEST:
        resolve(connection, place, alert)


def resolve(connection: Connection, place: Place, alert: Any, *, user_id: int | None = None) -> None:
    now = clock.now()
    _change(
        connection,
        alert,
        {"state": "resolved", "resolved_at": now, "resolved_by": user_id, "escalate_at": None},
    )
    text = f"It is over after {_spelled(now - alert.began_at)}."
    ledger.tell_channels(connection, alert.organization_id, place.notice(alert, NoticeEvent.RESOLVED, text))


def _spelled(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)


def _change(connection: Connection, alert: Any, values: dict[str, Any]) -> None:
    connection.execute(
        update(Alert)
        .where(Alert.organization_id == alert.organization_id, Alert.id == alert.id)
        .values(values)
    )


def _policy(connection: Connection, alert: Any) -> Row[Any] | None:
    """The organization's default, when the alert is grave enough for it."""
    policy = connection.execute(
        select(EscalationPolicy.__table__).where(
            EscalationPolicy.organization_id == alert.organization_id, EscalationPolicy.is_default
        )
    ).one_or_none()
    if policy is None:
        return None
    is_grave = AlertSeverity(alert.severity).reaches(AlertSeverity(policy.least_severity))
    return policy if is_grave or alert.rule == PAGE_TEST else None


def open_alerts(connection: Connection, organization_id: int) -> list[Row[Any]]:
    """Pending and firing ones."""
    found = connection.execute(
        select(Alert.__table__)
        .where(Alert.organization_id == organization_id, Alert.state != "resolved")
        .order_by(Alert.id)
    )
    return list(found.all())


def kept_rules(connection: Connection, organization_id: int) -> dict[str, Row[Any]]:
    """What the organization changed of rules, and when each was evaluated."""
    rows = connection.execute(select(AlertRule.__table__).where(AlertRule.organization_id == organization_id))
    return {row.name: row for row in rows}
