"""Background work: the job row is the queue of record, its lease a narrow row of its own, the outbox tells afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now, tenant_reference

IS_BULK_CHANGE = "kind in ('findings.change_findings', 'findings.undo_change')"
"""Literally, so that the index is found for it."""


class Job(TenantModel):
    """accepted → running → done | failed | cancelled | held. `run_after` holds a retry back, by the database's clock.

    Organization 0 is the installation itself: such a job sees no tenant's rows.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("job_claim_idx", "queue", "organization_id", "id", postgresql_where=text("state = 'accepted'")),
        Index("job_running_idx", "organization_id", "queue", postgresql_where=text("state = 'running'")),
        Index(
            "job_failed_idx",
            "organization_id",
            text("finished_at desc"),
            postgresql_where=text("state = 'failed'"),
        ),
        Index("job_finished_idx", "finished_at", postgresql_where=text("state in ('done', 'failed')")),
        Index("job_created_idx", "organization_id", text("created_at desc"), text("id desc")),
        Index(
            "job_key_idx",
            "organization_id",
            "serial_key",
            "id",
            postgresql_where=text("state in ('accepted', 'running') and serial_key is not null"),
        ),
        Index("job_bulk_change_idx", "organization_id", "id", postgresql_where=text(IS_BULK_CHANGE)),
    )

    kind: Mapped[str]
    queue: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="accepted")
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    serial_key: Mapped[str | None]
    """Jobs with equal key run one at a time, in order of id."""
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    max_attempts: Mapped[int] = mapped_column(SmallInteger)
    requested_by: Mapped[int | None]
    traceparent: Mapped[str | None]
    """The trace of the request or job that asked for it, as W3C's Trace Context writes it."""
    progress: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    run_after: Mapped[datetime] = instant_now()
    created_at: Mapped[datetime] = instant_now()
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobLease(Model):
    """Who runs a job now, and until when; the heartbeat touches only this row."""

    __tablename__ = "job_lease"
    __table_args__ = (tenant_reference("job_id", "job", on_delete="CASCADE"), Index(None, "expires_at"))

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    token: Mapped[UUID]
    worker: Mapped[str]
    backend_pid: Mapped[int | None] = mapped_column(Integer)
    """The server process of the writing transaction, with its start: a pooler's or a later user's is another one."""
    backend_began_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class Outbox(TenantModel):
    """An event to be handled after the commit that wrote it; kept with its error when no retry is left."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_relay_idx", "run_after", "id", postgresql_where=text("dead_at is null")),
        Index("outbox_dead_idx", "organization_id", "id", postgresql_where=text("dead_at is not null")),
    )

    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    delivered: Mapped[list[str]] = mapped_column(server_default="{}")
    """Handlers that have had it; a retry leaves them out."""
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    error: Mapped[str | None]
    dead_at: Mapped[datetime | None]
    run_after: Mapped[datetime] = instant_now()
    created_at: Mapped[datetime] = instant_now()


class LeaderLease(Model):
    """Who leads (`scheduler`), and until when: a row, because session locks do not survive a connection pooler."""

    __tablename__ = "leader_lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    expires_at: Mapped[datetime]


class ScheduleRun(Model):
    """When a scheduled job is due next and was last started."""

    __tablename__ = "schedule_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]


class ProcessHeartbeat(Model):
    """A worker or scheduler process that lives, when it was last seen, and what it says of itself (for readiness)."""

    __tablename__ = "process_heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    started_at: Mapped[datetime] = instant_now()
    seen_at: Mapped[datetime] = instant_now()
