"""The audit trail: who did what to which object, chained by hashes per organization."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import TenantModel, instant_now


class Event(TenantModel):
    """One act. Rows are written with the change itself; a job seals them into the hash chain."""

    __tablename__ = "event"
    __table_args__ = (
        Index("event_subject_idx", "organization_id", "subject_type", "subject_id", text("id desc")),
        Index("event_at_idx", "organization_id", "at"),
        Index(
            "event_actor_idx",
            "organization_id",
            "actor_id",
            text("id desc"),
            postgresql_where=text("actor_id is not null"),
        ),
        # By the order of bytes, which a model cannot say of one index.
        Index("event_action_idx", "organization_id", "action", text("id desc")),
        Index("event_unsealed_idx", "organization_id", "id", postgresql_where=text("chain_position is null")),
        Index(
            "event_chain_key",
            "organization_id",
            "chain_position",
            unique=True,
            postgresql_where=text("chain_position is not null"),
        ),
    )

    at: Mapped[datetime] = instant_now()
    actor_type: Mapped[str]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    request_id: Mapped[str | None]
    chain_position: Mapped[int | None]
    """Given when it is sealed, without gaps: ids are given before commits, so a late one may lie below sealed ones."""
    chain_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
