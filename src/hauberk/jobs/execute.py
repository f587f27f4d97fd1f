"""Executes one claimed job: calls its function, and turns how that ended into the job's next state."""

import errno
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from hauberk.db.models.job import Job as JobRow
from hauberk.db.session import transaction
from hauberk.domain.events import JobFailed
from hauberk.infra.telemetry import tracing
from hauberk.infra.telemetry.correlation import traceparent
from hauberk.jobs.counting import Ended, count
from hauberk.jobs.events import emit
from hauberk.jobs.heart import Heart, TimeLimitExceeded
from hauberk.jobs.job import DEFAULT_TIME_LIMIT, Job, JobError, find_kind
from hauberk.jobs.lease import SHORT, Claim, LostLeaseError, end, give_back
from hauberk.jobs.run import JobRun, Workplace
from hauberk.kit.errors import RateLimited, Refusal, StorageFull, Unavailable

BASE_SECONDS = 5.0
MAX_SECONDS = 600.0
UNKNOWN_KIND_SECONDS = 30.0
FULL_SECONDS = 60.0
"""Nobody makes room on a disk in five seconds."""
AWAY_SECONDS = 1.0
MAX_MESSAGE_CHARS = 1_000

log = structlog.get_logger(__name__)


def execute(claim: Claim, workplace: Workplace, heart: Heart) -> None:
    """Never raises: what goes wrong is the job's, or the sweeper's when not even that can be written."""
    labels: dict[str, str | int] = {"kind": claim.kind, "job_id": claim.job_id, "attempt": claim.attempt}
    asked_in = _trace_of(workplace.engine, claim)
    marker = traceparent.set(asked_in)
    with (
        structlog.contextvars.bound_contextvars(organization_id=claim.organization_id, **labels),
        tracing.span(f"job {claim.kind}", "consumer", labels, parent=asked_in),
    ):
        job = find_kind(claim.kind)
        run = JobRun(claim, workplace, time_limit=job.time_limit if job else DEFAULT_TIME_LIMIT)
        ended = Ended("internal_error")
        began = time.monotonic()
        try:
            ended = _execute(job, run, workplace, heart)
        except LostLeaseError:
            ended = _lost(workplace.engine, claim)
        except SQLAlchemyError:
            ended = Ended("left_to_the_sweeper")
            log.warning("job_left_to_the_sweeper", exc_info=True)
        except Exception:
            log.exception("job_ended_badly")
        finally:
            count(claim, ended, report_format=run.report_format, seconds=time.monotonic() - began)
    traceparent.reset(marker)


def _trace_of(engine: Engine, claim: Claim) -> str | None:
    """Of the request that asked for it; not worth failing for."""
    mine = select(JobRow.traceparent).where(
        JobRow.organization_id == claim.organization_id, JobRow.id == claim.job_id
    )
    try:
        with transaction(engine, claim.organization_id, limits=SHORT) as connection:
            return connection.scalar(mine)
    except SQLAlchemyError:
        return None


def fail(engine: Engine, claim: Claim, code: str, message: str, position: str | None = None) -> str:
    """For good, with the event that tells whoever waits, in one transaction."""
    error = {"code": code, "message": message[:MAX_MESSAGE_CHARS], "position": position}
    with transaction(engine, claim.organization_id) as connection:
        emit(
            connection,
            JobFailed(
                organization_id=claim.organization_id,
                job_id=claim.job_id,
                kind=claim.kind,
                arguments=claim.arguments,
                code=code,
                message=error["message"] or "",
                position=position,
            ),
        )
        end(connection, claim, "failed", error=error)
    log.info("job_failed", code=code)
    return "failed"


def backoff(attempt: int) -> float:
    """5, 10, 20 … seconds, up to ten minutes, each by half either way so that retries do not come together."""
    seconds: float = min(MAX_SECONDS, BASE_SECONDS * 2 ** min(attempt - 1, 16))
    return seconds * random.uniform(0.5, 1.5)  # noqa: S311


def _execute(job: Job | None, run: JobRun, workplace: Workplace, heart: Heart) -> Ended:
    claim = run.claim
    if job is None:
        # Two versions run side by side while an upgrade rolls out: the newer one knows it.
        with transaction(workplace.engine, claim.organization_id) as connection:
            give_back(connection, claim, delay=UNKNOWN_KIND_SECONDS, is_counted=False)
        log.warning("job_kind_unknown")
        return Ended("unknown")
    try:
        _call(job, run, workplace, heart)
    except LostLeaseError:
        raise
    except (Exception, TimeLimitExceeded) as error:  # noqa: BLE001 — whatever a job raises is its own end
        problem = _judge(error, job)
    else:
        return Ended("done")
    if problem.is_final or claim.is_last_attempt:
        outcome = _written(
            lambda: fail(workplace.engine, claim, problem.code, problem.message, problem.position),
            heart.lease,
        )
    else:
        outcome = _written(lambda: _try_again(workplace.engine, claim, problem), heart.lease)
    return Ended(outcome, problem.code)


def _lost(engine: Engine, claim: Claim) -> Ended:
    """Cancelled by somebody, or taken over by another worker, which is a reason to worry."""
    mine = select(JobRow.state).where(
        JobRow.organization_id == claim.organization_id, JobRow.id == claim.job_id
    )
    try:
        with transaction(engine, claim.organization_id, limits=SHORT) as connection:
            state = connection.scalar(mine)
    except SQLAlchemyError:
        state = None
    outcome = "cancelled" if state == "cancelled" else "lost"
    log.warning("job_lost", outcome=outcome)
    return Ended(outcome)


def _written(write: Callable[[], str], lease: float) -> str:
    """A database that went away in the middle of a job is often back in seconds; as long as the lease holds nobody
    else takes the job, so it is told then rather than left to the sweeper.
    """
    deadline = time.monotonic() + lease
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            log.warning("job_end_not_written_yet")
            time.sleep(AWAY_SECONDS)


@dataclass(frozen=True)
class _Problem:
    code: str
    message: str
    position: str | None = None
    is_final: bool = False
    not_before: float = 0.0


def _judge(error: BaseException, job: Job) -> _Problem:
    """Whether another attempt may go better: what the job itself refuses will be refused again."""
    match error:
        case JobError():
            return _Problem(error.code, error.message, error.position, is_final=True)
        case Unavailable() | RateLimited():
            return _Problem(error.code, error.message, not_before=error.retry_after)
        case StorageFull() | OSError() if _is_full(error):
            message = "There is no room left on a disk that it writes to."
            return _Problem(StorageFull.default_code, message, not_before=FULL_SECONDS)
        case Refusal():
            return _Problem(error.code, error.message, is_final=True)
        case TimeLimitExceeded():
            return _Problem("time_limit", f"It took longer than {job.time_limit:.0f} seconds.")
        case _:
            log.error("job_attempt_failed", exc_info=error)
            return _Problem("internal_error", f"{type(error).__name__}: {_first_words(error)}")


def _first_words(error: BaseException) -> str:
    """Without the statement and its values, which a database error goes on with: whoever uploaded something reads this."""
    told = str(getattr(error, "orig", None) or error).splitlines()
    return told[0][:500] if told else ""


def _is_full(error: BaseException) -> bool:
    return isinstance(error, StorageFull) or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)


def _call(job: Job, run: JobRun, workplace: Workplace, heart: Heart) -> None:
    with heart.beating(run):
        try:
            result = heart.call(run, lambda: job.function(run, **run.claim.arguments))
        finally:
            workplace.progress.forget(run.claim)
        if not run.is_ended:
            with run.transaction() as connection:
                run.finish(connection, _as_result(result))
    log.info("job_done")


def _as_result(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _try_again(engine: Engine, claim: Claim, problem: _Problem) -> str:
    delay = max(problem.not_before, backoff(claim.attempt))
    error = {
        "code": problem.code,
        "message": problem.message[:MAX_MESSAGE_CHARS],
        "position": problem.position,
    }
    with transaction(engine, claim.organization_id) as connection:
        give_back(connection, claim, delay=delay, error=error)
    log.info("job_tried_again_later", code=problem.code, seconds=round(delay, 1))
    return "again"
