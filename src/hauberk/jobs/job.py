"""@job: declares a function as a kind of background work, and the registry of all kinds.

    @job(queue=Queue.IMPORT, max_attempts=3, time_limit=3600)
    def import_scan(run: JobRun, scan_id: int) -> dict[str, Any] | None: ...

It belongs into a `jobs.py` of `ingest` or of a feature, where it is found by file name.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cronsim import CronSim, CronSimError

from hauberk.jobs.queues import Queue

DEFAULT_TIME_LIMIT = 3600

_INTERVAL = re.compile(r"([1-9]\d*)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Job:
    """A kind of background work. Call it to do the work at once, `enqueue` it to have it done."""

    kind: str
    function: Callable[..., Any]
    queue: Queue
    max_attempts: int
    time_limit: float
    every: str | None
    for_installation: bool

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def check_arguments(self, arguments: dict[str, Any]) -> None:
        """A wrong call fails where it is made, not in a worker an hour later."""
        inspect.signature(self.function).bind(None, **arguments)


class JobError(Exception):
    """Raise it in a job to fail it for good, told to the person who waits for it."""

    def __init__(self, code: str, message: str, position: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position


class DuplicateJobError(Exception):
    """Two functions claim one kind; the program does not start."""


_kinds: dict[str, Job] = {}


def job(
    *,
    queue: Queue = Queue.DEFAULT,
    max_attempts: int = 3,
    time_limit: float = DEFAULT_TIME_LIMIT,
    every: str | None = None,
    for_installation: bool = False,
) -> Callable[[Callable[..., Any]], Job]:
    """Declares a kind of background work.

    `time_limit` in seconds. `every` starts it on its own: an interval (`30s`, `5m`, `6h`, `1d`) or a cron line in
    UTC, once for each organization, or `for_installation` once (as organization 0, which sees no tenant's rows).
    """
    if every is not None:
        next_due(every, datetime.fromisoformat("2026-01-01T00:00:00+00:00"))

    def declare(function: Callable[..., Any]) -> Job:
        declared = Job(_kind_of(function), function, queue, max_attempts, time_limit, every, for_installation)
        if declared.kind in _kinds:
            raise DuplicateJobError(f"Two functions declare the job {declared.kind!r}.")
        _kinds[declared.kind] = declared
        return declared

    return declare


def find_kind(kind: str) -> Job | None:
    return _kinds.get(kind)


def kinds() -> list[Job]:
    return list(_kinds.values())


def all_kinds() -> list[Job]:
    return list(_kinds.values())


def scheduled() -> list[Job]:
    return [each for each in _kinds.values() if each.every is not None]


def next_due(every: str, after: datetime) -> datetime:
    """When it is due next; raises ValueError for what is neither interval nor cron line."""
    if interval := _INTERVAL.fullmatch(every):
        return after + timedelta(seconds=int(interval[1]) * _SECONDS[interval[2]])
    try:
        return next(CronSim(every, after))
    except CronSimError as error:
        raise ValueError(f"{every!r} is neither an interval such as 5m nor a cron line: {error}") from error


def _kind_of(function: Callable[..., Any]) -> str:
    """`hauberk.features.exports.jobs.build` is `exports.build`."""
    parts = [part for part in function.__module__.split(".") if part != "jobs"]
    return f"{parts[-1]}.{function.__name__}"
