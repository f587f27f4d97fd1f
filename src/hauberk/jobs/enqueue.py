"""enqueue: writes the job's row into the caller's transaction, and wakes a worker once that has committed."""

from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, event, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from hauberk.db.models.job import Job as JobRow
from hauberk.db.session import after_commit
from hauberk.infra.telemetry.correlation import traceparent
from hauberk.jobs.broker import hint
from hauberk.jobs.job import Job


def enqueue(
    connection: Connection,
    job: Job,
    *,
    organization_id: int,
    serial_key: str | None = None,
    requested_by: int | None = None,
    run_after: datetime | None = None,
    **arguments: Any,
) -> int:
    """Answers the job's id. Jobs of one `serial_key` run one at a time, in order of id."""
    after_commit(connection, partial(hint, job.queue))
    options = _Options(organization_id, serial_key, requested_by, run_after)
    return _insert(connection, job, options, arguments)


async def enqueue_async(
    session: AsyncSession,
    job: Job,
    *,
    organization_id: int,
    serial_key: str | None = None,
    requested_by: int | None = None,
    run_after: datetime | None = None,
    **arguments: Any,
) -> int:
    """As `enqueue`, in the transaction of a request."""

    options = _Options(organization_id, serial_key, requested_by, run_after)

    def write(sync_session: Session) -> int:
        event.listen(sync_session, "after_commit", lambda _session: hint(job.queue), once=True)
        return _insert(sync_session.connection(), job, options, arguments)

    return await session.run_sync(write)


class _Options(NamedTuple):
    organization_id: int
    serial_key: str | None
    requested_by: int | None
    run_after: datetime | None


def _insert(connection: Connection, job: Job, options: _Options, arguments: dict[str, Any]) -> int:
    job.check_arguments(arguments)
    values = {
        "kind": job.kind,
        "queue": job.queue.value,
        "arguments": arguments,
        "max_attempts": job.max_attempts,
        "traceparent": traceparent.get(),
        **{name: value for name, value in options._asdict().items() if value is not None},
    }
    job_id: int = connection.execute(insert(JobRow).values(values).returning(JobRow.id)).scalar_one()
    return job_id
