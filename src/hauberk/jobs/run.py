"""JobRun: what a job function is given — who it works for, its fenced transaction, progress, and when to stop."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from hauberk.db.session import transaction
from hauberk.infra.settings import Settings
from hauberk.jobs.lease import Claim, LostLeaseError, announce_backend, end, hold
from hauberk.jobs.progress import Progress

Written = TypeVar("Written")

MAX_TRIES = 3
_TRY_AGAIN = frozenset({"40001", "40P01"})  # serialisation failure, deadlock


@dataclass(frozen=True)
class Workplace:
    """What all jobs of one process share. `side_engine` has connections of its own, so heartbeats never queue."""

    settings: Settings
    engine: Engine
    side_engine: Engine
    progress: Progress


class JobRun:
    """One attempt at one job."""

    def __init__(self, claim: Claim, workplace: Workplace, *, time_limit: float) -> None:
        self.claim = claim
        self.settings = workplace.settings
        self.engine = workplace.engine
        self.deadline = time.monotonic() + time_limit
        self.thread_id = threading.get_ident()
        self.guard = threading.Lock()
        """Held while the function is entered or left, so that it is never interrupted outside."""
        self.is_interruptible = False
        self.is_ended = False
        self.report_format = ""
        """Of an import, once it is known: how long one takes depends on it."""
        self._workplace = workplace
        self._is_ending = False
        self._is_lost = threading.Event()

    @property
    def organization_id(self) -> int:
        return self.claim.organization_id

    @property
    def job_id(self) -> int:
        return self.claim.job_id

    @property
    def attempt(self) -> int:
        return self.claim.attempt

    @property
    def is_last_attempt(self) -> bool:
        return self.claim.is_last_attempt

    @property
    def requested_by(self) -> int | None:
        """The user whose rights it works with."""
        return self.claim.requested_by

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A writing transaction of the organization: commits only while the lease is ours, else raises LostLeaseError.

        Reads that may see what is written meanwhile need only `db.session.transaction(run.engine, ...)`.
        """
        self.check()
        try:
            with transaction(self.engine, self.organization_id) as connection:
                announce_backend(connection, self._workplace.side_engine, self.claim)
                yield connection
                if not self._is_ending:
                    hold(connection, self.claim)
            self.is_ended = self._is_ending
        finally:
            self._is_ending = False

    def finish(
        self, connection: Connection, result: dict[str, Any] | None = None, *, state: str = "done"
    ) -> None:
        """Ends the job (`done` or `held`) with this transaction; call it last in the block, it holds the job's row."""
        end(connection, self.claim, state, result=result)
        self._is_ending = True

    def write(self, work: Callable[[Connection], Written]) -> Written:
        """`work` in a transaction, all of it again when it met a deadlock, at most three times."""
        for tries in range(1, MAX_TRIES + 1):
            try:
                with self.transaction() as connection:
                    return work(connection)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN or tries == MAX_TRIES:
                    raise
                time.sleep(random.uniform(0.05, 0.3) * tries)  # noqa: S311 — spreads the retries
        raise AssertionError("the last try has returned or raised")

    def progress(self, **values: Any) -> None:
        """What is shown to the person who waits; cheap enough to call often, may be lost. Also checks."""
        self.check()
        self._workplace.progress.tell(self.claim, values)

    def check(self) -> None:
        """Raises LostLeaseError as soon as going on is of no use: cancelled, or given to another worker."""
        if self._is_lost.is_set():
            raise LostLeaseError(self.claim)

    def lose(self) -> None:
        self._is_lost.set()
