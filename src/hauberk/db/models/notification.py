"""Notifications: the channels that notices go to, and the ledger of everything that was sent or could not be."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import TenantModel, instant_now, tenant_reference
from hauberk.infra.envelope import Sealed


class NotificationChannel(TenantModel):
    """Where notices go: a room, a mailbox, a paging service. `secret` is encrypted and never shown."""

    __tablename__ = "notification_channel"
    __table_args__ = (Index("notification_channel_name_key", "organization_id", "name", unique=True),)

    name: Mapped[str]
    kind: Mapped[str]
    configuration: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    host: Mapped[str] = mapped_column(server_default="")
    """Where it leads, also when the address itself is a secret."""
    secret: Mapped[Sealed | None]
    is_enabled: Mapped[bool] = mapped_column(server_default="true")
    disabled_reason: Mapped[str | None]
    """Why it was disabled by the product itself (the receiver said that it is gone)."""
    least_severity: Mapped[str]
    rules: Mapped[list[str]] = mapped_column(server_default="{}")
    """Only notices of these; empty is all."""
    quiet_hours: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = instant_now()


class NotificationDelivery(TenantModel):
    """One notice for one channel or person: waiting → delivered | dead | dropped. The row is the queue of record."""

    __tablename__ = "notification_delivery"
    __table_args__ = (
        Index(
            "notification_delivery_due_idx",
            "next_attempt_at",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "notification_delivery_dead_idx", "organization_id", "id", postgresql_where=text("state = 'dead'")
        ),
        Index("notification_delivery_created_idx", "organization_id", text("id desc")),
        Index("notification_delivery_dedup_idx", "organization_id", "dedup_key", "id"),
        Index("notification_delivery_channel_idx", "organization_id", "channel_id", "id"),
    )

    channel_id: Mapped[int | None]
    """No reference: the ledger outlives the channel."""
    user_id: Mapped[int | None]
    """Instead of a channel: a person, by e-mail."""
    recipient: Mapped[str]
    """The name of the channel or person, as it was."""
    kind: Mapped[str]
    event: Mapped[str]
    dedup_key: Mapped[str]
    notice: Mapped[dict[str, Any]]
    is_test: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    next_attempt_at: Mapped[datetime] = instant_now()
    held_for_quiet_hours: Mapped[bool] = mapped_column(server_default="false")
    error: Mapped[str | None]
    reference: Mapped[str | None]
    """What the receiver called it."""
    created_at: Mapped[datetime] = instant_now()
    ended_at: Mapped[datetime | None]


class NotificationAttempt(TenantModel):
    """One try at one delivery."""

    __tablename__ = "notification_attempt"
    __table_args__ = (
        tenant_reference("delivery_id", "notification_delivery", on_delete="CASCADE"),
        Index("notification_attempt_delivery_idx", "organization_id", "delivery_id", "id"),
    )

    delivery_id: Mapped[int]
    at: Mapped[datetime] = instant_now()
    outcome: Mapped[str]
    code: Mapped[int | None] = mapped_column(Integer)
    detail: Mapped[str]
    duration_ms: Mapped[int] = mapped_column(Integer)
