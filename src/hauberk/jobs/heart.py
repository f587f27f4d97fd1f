"""The heart of a worker process: one thread, one connection, that keeps the leases of all jobs that run here.

It also notices what ends a job from outside: a lost lease, a cancelled job, a time limit.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import structlog
from dramatiq.threading import raise_thread_exception
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hauberk.jobs.lease import HEARTBEAT_SECONDS, LEASE_SECONDS, extend
from hauberk.jobs.run import JobRun

Result = TypeVar("Result")

OVERDUE_SECONDS = 10.0
"""Whoever hangs where no exception reaches him (in a statement, say) loses the lease, and the sweeper ends him."""

log = structlog.get_logger(__name__)


class TimeLimitExceeded(BaseException):
    """Raised into a job's thread. No Exception, so that the job's own handlers do not keep it."""


class Heart:
    """`lease` and `beat` in seconds."""

    def __init__(
        self, engine: Engine, *, lease: float = LEASE_SECONDS, beat: float = HEARTBEAT_SECONDS
    ) -> None:
        self.lease = lease
        self._engine = engine
        self._beat = beat
        self._runs: dict[UUID, JobRun] = {}
        self._kept_at: dict[UUID, float] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def running(self) -> list[JobRun]:
        with self._lock:
            return list(self._runs.values())

    @contextmanager
    def beating(self, run: JobRun) -> Iterator[None]:
        token = run.claim.token
        assert token is not None
        with self._lock:
            self._runs[token] = run
            self._kept_at[token] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._runs[token], self._kept_at[token]

    def call(self, run: JobRun, function: Callable[[], Result]) -> Result:
        """Inside it, and only there, the time limit can interrupt this thread."""
        with run.guard:
            run.is_interruptible = True
        try:
            return function()
        finally:
            with run.guard:
                run.is_interruptible = False

    def _run(self) -> None:
        next_beat = time.monotonic()
        while not self._stop.wait(min(1.0, self._beat / 3)):
            self._interrupt_overdue()
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + self._beat
                self._keep_leases()

    def _keep_leases(self) -> None:
        now = time.monotonic()
        with self._lock:
            tokens = [token for token, run in self._runs.items() if now < run.deadline + OVERDUE_SECONDS]
        if not tokens:
            return
        asked_at = time.monotonic()
        try:
            kept = extend(self._engine, tokens, self.lease)
        except SQLAlchemyError as error:
            log.warning("heartbeat_failed", error=str(error))
            kept = {token for token in tokens if asked_at - self._kept_at.get(token, asked_at) < self.lease}
        else:
            with self._lock:
                self._kept_at.update({token: asked_at for token in kept if token in self._runs})
        with self._lock:
            lost = [self._runs[token] for token in tokens if token not in kept and token in self._runs]
        for run in lost:
            run.lose()

    def _interrupt_overdue(self) -> None:
        for run in self.running:
            if time.monotonic() < run.deadline:
                continue
            if time.monotonic() > run.deadline + OVERDUE_SECONDS:
                run.lose()
            with run.guard:
                if run.is_interruptible:
                    run.is_interruptible = False
                    raise_thread_exception(run.thread_id, TimeLimitExceeded)  # type: ignore[no-untyped-call]
