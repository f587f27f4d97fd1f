"""Alerts and who is called for them: rules as evaluated, alerts, rotations, escalation."""

from datetime import datetime
from typing import Any

from sqlalchemy import Double, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now, tenant_reference


class AlertRule(Model):
    """What an organization changed of a rule, and what the evaluator last saw of it."""

    __tablename__ = "alert_rule"

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    is_enabled: Mapped[bool] = mapped_column(server_default="true")
    threshold: Mapped[float | None] = mapped_column(Double)
    """Instead of the setting's."""
    value: Mapped[float | None] = mapped_column(Double)
    seen: Mapped[str | None]
    """What was seen, or why nothing could be."""
    evaluated_at: Mapped[datetime | None]


class Alert(TenantModel):
    """pending → firing → resolved. One row from trigger to resolve; a pending one is nobody's business yet."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "alert_open_key",
            "organization_id",
            "fingerprint",
            unique=True,
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index(
            "alert_list_idx", "organization_id", text("id desc"), postgresql_where=text("state <> 'pending'")
        ),
        Index("alert_escalation_idx", "escalate_at", postgresql_where=text("escalate_at is not null")),
    )

    rule: Mapped[str]
    fingerprint: Mapped[str]
    severity: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    facts: Mapped[list[Any]] = mapped_column(server_default="[]")
    is_test: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="pending")
    began_at: Mapped[datetime] = instant_now()
    last_seen_at: Mapped[datetime] = instant_now()
    fired_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None]
    escalation_policy_id: Mapped[int | None]
    escalation_step: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Steps taken so far, over all rounds."""
    escalate_at: Mapped[datetime | None]


class OnCallSchedule(TenantModel):
    """A rotation: layers of people, on the wall clock of one time zone."""

    __tablename__ = "on_call_schedule"
    __table_args__ = (Index("on_call_schedule_name_key", "organization_id", "name", unique=True),)

    name: Mapped[str]
    time_zone: Mapped[str]
    layers: Mapped[list[Any]]
    created_at: Mapped[datetime] = instant_now()


class OnCallOverride(TenantModel):
    """Somebody else for a time."""

    __tablename__ = "on_call_override"
    __table_args__ = (
        tenant_reference("schedule_id", "on_call_schedule", on_delete="CASCADE"),
        Index("on_call_override_schedule_idx", "organization_id", "schedule_id", "ends_at"),
    )

    schedule_id: Mapped[int]
    user_id: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = instant_now()


class EscalationPolicy(TenantModel):
    """Who is told first, who next when nobody acknowledges, and how often all of it is repeated."""

    __tablename__ = "escalation_policy"
    __table_args__ = (
        Index("escalation_policy_name_key", "organization_id", "name", unique=True),
        Index(
            "escalation_policy_default_key",
            "organization_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )

    name: Mapped[str]
    steps: Mapped[list[Any]]
    repeats: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    least_severity: Mapped[str]
    is_default: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = instant_now()
