"""HTTP of jobs: look at them, cancel one, send a failed one on its way again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hauberk.api.jobs.repository import JobRepository
from hauberk.api.jobs.schemas import JobSchema, JobState, Retried, RetryOrder
from hauberk.db.audit import record
from hauberk.db.models.job import Job
from hauberk.db.repository import PageRequest
from hauberk.features.identity.access import JobsRead, JobsWrite
from hauberk.features.identity.serving import (
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.jobs import control

MOST_RETRIED = 1_000

router = APIRouter(prefix="/jobs", tags=["jobs"])

Paging = Annotated[PageRequest, Depends(paging("-created_at", "created_at"))]


@router.get("")
async def list_jobs(
    actor: JobsRead,
    session: ReadSessionDep,
    ids: IdsDep,
    page: Paging,
    state: Annotated[JobState | None, Query()] = None,
    kind: Annotated[str | None, Query(max_length=100)] = None,
) -> PageSchema[JobSchema]:
    """The organization's background jobs."""
    where = [Job.state == state] if state else []
    where += [Job.kind == kind] if kind else []
    found = await JobRepository(session).list(actor, page, *where)
    return PageSchema[JobSchema].of(found, lambda job: JobSchema.of(job, ids))


@router.post("/retry", status_code=202)
async def retry_failed(actor: JobsWrite, session: SessionDep, order: RetryOrder) -> Retried:
    """Every job that failed for good starts again, the oldest first; of many the first thousand."""
    jobs = JobRepository(session)
    numbers = await jobs.failed(actor, kind=order.kind, at_most=MOST_RETRIED)
    for number in numbers:
        await control.retry(session, number)
        await record(session, actor, "job.retried", "job", number)
    return Retried(retried=len(numbers), left=await jobs.count_failed(actor, kind=order.kind))


@router.get("/{job_id}")
async def read_job(job_id: str, actor: JobsRead, session: ReadSessionDep, ids: IdsDep) -> JobSchema:
    """How far one is."""
    return JobSchema.of(await JobRepository(session).get(actor, ids.decode("job", job_id)), ids)


@router.post("/{job_id}/cancel", responses=refusals(409))
async def cancel_job(job_id: str, actor: JobsWrite, session: SessionDep, ids: IdsDep) -> JobSchema:
    """What the job has not committed yet, it never will."""
    number = ids.decode("job", job_id)
    jobs = JobRepository(session)
    await jobs.get(actor, number)
    await control.cancel(session, number)
    await record(session, actor, "job.cancelled", "job", number)
    return JobSchema.of(await jobs.reread(actor, number), ids)


@router.post("/{job_id}/retry", responses=refusals(409))
async def retry_job(job_id: str, actor: JobsWrite, session: SessionDep, ids: IdsDep) -> JobSchema:
    """A failed or cancelled job starts again, with all its attempts."""
    number = ids.decode("job", job_id)
    jobs = JobRepository(session)
    await jobs.get(actor, number)
    await control.retry(session, number)
    await record(session, actor, "job.retried", "job", number)
    return JobSchema.of(await jobs.reread(actor, number), ids)
