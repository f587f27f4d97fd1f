"""What people do to jobs: cancel one that is not done, send a failed one on its way again."""

from sqlalchemy import Row, delete, event, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from hauberk.db.models.job import Job as JobRow
from hauberk.db.models.job import JobLease
from hauberk.domain.events import JobCancelled, JobRetried
from hauberk.jobs.broker import hint
from hauberk.jobs.events import emit
from hauberk.jobs.queues import Queue
from hauberk.kit.errors import Conflict, NotFound


async def cancel(session: AsyncSession, job_id: int) -> None:
    """Takes the lease away, so that whatever the worker still does can no longer commit. 409 when it has ended."""
    await session.run_sync(_cancel, job_id)


async def retry(session: AsyncSession, job_id: int) -> None:
    """From the beginning, with all its attempts. 409 unless it failed or was cancelled."""
    await session.run_sync(_retry, job_id)


def _cancel(session: Session, job_id: int) -> None:
    connection = session.connection()
    connection.execute(delete(JobLease).where(JobLease.job_id == job_id))
    row = _locked(session, job_id)
    if row.state not in ("accepted", "running"):
        raise Conflict(f"The job is {row.state} already.", code="job_ended")
    connection.execute(
        update(JobRow)
        .where(JobRow.id == job_id)
        .values(state="cancelled", finished_at=func.clock_timestamp())
    )
    emit(connection, JobCancelled(row.organization_id, job_id, row.kind, row.arguments))


def _retry(session: Session, job_id: int) -> None:
    connection = session.connection()
    row = _locked(session, job_id)
    if row.state not in ("failed", "cancelled"):
        raise Conflict(
            f"The job is {row.state}: only one that failed or was cancelled can be retried.",
            code="job_active",
        )
    connection.execute(
        update(JobRow)
        .where(JobRow.id == job_id)
        .values(
            state="accepted",
            attempts=0,
            error=null(),
            progress=null(),
            finished_at=None,
            run_after=func.clock_timestamp(),
        )
    )
    emit(connection, JobRetried(row.organization_id, job_id, row.kind, row.arguments))
    event.listen(session, "after_commit", lambda _session: hint(Queue(row.queue)), once=True)


def _locked(session: Session, job_id: int) -> Row[tuple[int, str, str, str, dict[str, object]]]:
    row = (
        session.connection()
        .execute(
            select(JobRow.organization_id, JobRow.kind, JobRow.queue, JobRow.state, JobRow.arguments)
            .where(JobRow.id == job_id)
            .with_for_update()
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound("job")
    return row
