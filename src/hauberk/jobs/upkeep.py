"""Upkeep of the job table itself: what has ended long ago is deleted, in small transactions."""

from sqlalchemy import delete, func, select, text, tuple_

from hauberk.db.models.job import Job as JobRow
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

KEEP_DAYS = 90
KEEP_SCHEDULED_DAYS = 2
BATCH = 5_000


@job(queue=Queue.MAINTENANCE, every="1h")
def delete_ended_jobs(run: JobRun) -> dict[str, int]:
    """Scheduled jobs that went well are gone after two days, all others after ninety."""
    deleted = 0
    age = func.clock_timestamp() - JobRow.finished_at
    is_old = (age > text(f"interval '{KEEP_DAYS} days'")) | (
        (age > text(f"interval '{KEEP_SCHEDULED_DAYS} days'"))
        & (JobRow.state == "done")
        & JobRow.serial_key.startswith("schedule:")
    )
    ended = (
        select(JobRow.organization_id, JobRow.id)
        .where(JobRow.state.in_(("done", "failed", "cancelled", "held")), is_old)
        .limit(BATCH)
    )
    while True:
        with run.transaction() as connection:
            found = connection.execute(
                delete(JobRow).where(tuple_(JobRow.organization_id, JobRow.id).in_(ended))
            )
        deleted += found.rowcount
        if found.rowcount < BATCH:
            return {"deleted": deleted}
