"""The lease: claiming a job, keeping it, and the fence, which lets only the holder of the token end it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, func, null, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from hauberk.db.models.job import Job, JobLease
from hauberk.db.session import TimeLimits, transaction
from hauberk.jobs.queues import Queue

LEASE_SECONDS = 60.0
HEARTBEAT_SECONDS = 15.0
SHORT = TimeLimits(statement="10s", lock="5s", idle_in_transaction="10s")


@dataclass(frozen=True)
class Claim:
    """A job that this process runs now, as long as its token holds. No token: it was given back to the queue."""

    organization_id: int
    job_id: int
    kind: str
    queue: str
    arguments: dict[str, Any]
    attempt: int
    max_attempts: int
    requested_by: int | None
    token: UUID | None

    @property
    def is_last_attempt(self) -> bool:
        return self.attempt >= self.max_attempts


class LostLeaseError(Exception):
    """The job was cancelled, or given to somebody else; nothing of this attempt may be committed."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"job {claim.job_id} is no longer ours")


_CLAIM = text(
    "select * from claim_job(:worker, :queues, :per_organization, make_interval(secs => :lease))"
).bindparams(bindparam("queues", type_=ARRAY(Text)))
_EXTEND = text("select extend_leases(:tokens, make_interval(secs => :lease))").bindparams(
    bindparam("tokens", type_=ARRAY(Uuid))
)
_SWEEP = text("select * from sweep_jobs(:sweeper, make_interval(secs => :lease))")
_BACKEND = text("select pg_backend_pid(), transaction_timestamp()")


def claim(
    engine: Engine, *, worker: str, queues: Sequence[Queue], per_organization: int, lease: float
) -> Claim | None:
    """The fairest job of the first queue that has one."""
    values: dict[str, Any] = {
        "worker": worker,
        "queues": [queue.value for queue in queues],
        "per_organization": per_organization,
        "lease": lease,
    }
    with transaction(engine, limits=SHORT) as connection:
        row = connection.execute(_CLAIM, values).one_or_none()
    return None if row is None else Claim(*row)


def extend(engine: Engine, tokens: Iterable[UUID], lease: float) -> set[UUID]:
    """Those of the tokens that still hold."""
    with transaction(engine, limits=SHORT) as connection:
        return set(connection.execute(_EXTEND, {"tokens": list(tokens), "lease": lease}).scalars())


def sweep(engine: Engine, *, sweeper: str, lease: float = LEASE_SECONDS) -> list[Claim]:
    """Gives back the jobs of lost workers; those with a token have no attempt left and are the caller's to fail."""
    with transaction(engine, limits=SHORT) as connection:
        return [Claim(*row) for row in connection.execute(_SWEEP, {"sweeper": sweeper, "lease": lease})]


def end(
    connection: Connection,
    claim: Claim,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> None:
    """The fence: ends the job if its token still holds, else raises. The last statement of a writing transaction."""
    _release(
        connection,
        claim,
        {
            "state": state,
            "result": result,
            "error": error,
            "progress": null() if state == "done" else Job.progress,
            "finished_at": func.clock_timestamp(),
        },
    )


def give_back(
    connection: Connection,
    claim: Claim,
    *,
    delay: float = 0,
    error: dict[str, Any] | None = None,
    is_counted: bool = True,
) -> None:
    """For another attempt, after `delay` seconds by the database's clock."""
    values: dict[str, Any] = {
        "state": "accepted",
        "progress": null(),
        "run_after": func.clock_timestamp() + timedelta(seconds=delay),
        "attempts": Job.attempts if is_counted else Job.attempts - 1,
    }
    if error is not None:
        values["error"] = error
    _release(connection, claim, values)


def hold(connection: Connection, claim: Claim) -> None:
    """The fence of a transaction that does not end the job: until its commit nobody can reclaim it."""
    if (
        connection.execute(select(JobLease.job_id).where(*_held(claim)).with_for_update()).one_or_none()
        is None
    ):
        raise LostLeaseError(claim)


def announce_backend(connection: Connection, side_engine: Engine, claim: Claim) -> None:
    """Records which server process writes, on a connection of its own: whoever reclaims the job ends that first."""
    pid, began = connection.execute(_BACKEND).one()
    announcement = update(JobLease).where(*_held(claim)).values(backend_pid=pid, backend_began_at=began)
    with transaction(side_engine, claim.organization_id, limits=SHORT) as side:
        announced = side.execute(announcement)
    if announced.rowcount != 1:
        raise LostLeaseError(claim)


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        JobLease.organization_id == claim.organization_id,
        JobLease.job_id == claim.job_id,
        JobLease.token == claim.token,
    )


def _release(connection: Connection, claim: Claim, values: dict[str, Any]) -> None:
    """Takes lease and state in one statement: of two who try, one finds nothing."""
    released = delete(JobLease).where(*_held(claim)).returning(JobLease.job_id).cte("released")
    statement = (
        update(Job)
        .where(
            Job.organization_id == claim.organization_id, Job.id == released.c.job_id, Job.state == "running"
        )
        .values(values)
    )
    if connection.execute(statement).rowcount != 1:
        raise LostLeaseError(claim)
