"""The schedule: starts the jobs that are due, once for each time, with any number of schedulers."""

from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection, Engine, bindparam, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from hauberk.db.models.job import ScheduleRun
from hauberk.db.session import after_commit, transaction
from hauberk.jobs.broker import hint
from hauberk.jobs.job import Job, next_due, scheduled

_TIME = TIMESTAMP(timezone=True)
_NOW = text("select clock_timestamp()")
_PLAN = text("select plan_schedule(:schedule, :due)").bindparams(bindparam("due", type_=_TIME))
_START = text(
    "select start_scheduled(:schedule, :expected, :next, :kind, :queue, :attempts, :for_installation)"
).bindparams(bindparam("expected", type_=_TIME), bindparam("next", type_=_TIME))

log = structlog.get_logger(__name__)


def start_due(engine: Engine) -> int:
    """Starts what is due by the database's clock; answers how many jobs. A time that was missed is made up for once."""
    jobs = scheduled()
    with transaction(engine) as connection:
        now: datetime = connection.execute(_NOW).scalar_one()
        planned = {
            row.name: row.due_at for row in connection.execute(select(ScheduleRun.name, ScheduleRun.due_at))
        }
        for job in jobs:
            if job.kind not in planned:
                connection.execute(_PLAN, {"schedule": job.kind, "due": _first_due(job, now)})
    started = 0
    for job in jobs:
        due_at = planned.get(job.kind)
        if due_at is not None and due_at <= now:
            with transaction(engine) as connection:
                started += _start(connection, job, due_at, now)
            hint(job.queue)
    return started


def start_now(connection: Connection, job: Job) -> int:
    """Starts a scheduled job besides its times, in the caller's transaction; answers for how many organizations."""
    assert job.every is not None
    now: datetime = connection.execute(_NOW).scalar_one()
    connection.execute(_PLAN, {"schedule": job.kind, "due": next_due(job.every, now)})
    due_at = connection.execute(select(ScheduleRun.due_at).where(ScheduleRun.name == job.kind)).scalar_one()
    after_commit(connection, partial(hint, job.queue))
    return _started(connection, job, expected=due_at, following=due_at)


def _first_due(job: Job, now: datetime) -> datetime:
    """Intervals begin at once, cron lines at their next time."""
    assert job.every is not None
    return next_due(job.every, now) if " " in job.every else now


def _start(connection: Connection, job: Job, due_at: datetime, now: datetime) -> int:
    assert job.every is not None
    following = next_due(job.every, due_at)
    if following <= now:
        following = next_due(job.every, now)
    return _started(connection, job, expected=due_at, following=following)


def _started(connection: Connection, job: Job, *, expected: datetime, following: datetime) -> int:
    started: int = connection.execute(
        _START,
        {
            "schedule": job.kind,
            "expected": expected,
            "next": following,
            "kind": job.kind,
            "queue": job.queue.value,
            "attempts": job.max_attempts,
            "for_installation": job.for_installation,
        },
    ).scalar_one()
    log.info("schedule_started", kind=job.kind, jobs=started)
    return started
