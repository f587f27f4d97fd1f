"""Runners: the threads of one worker process that claim jobs and run them.

They are woken by a hint, by a job that somebody else found (there may be more), or by their own looking every few
seconds, which is all they need. One thread at most runs imports when there are others, so that nothing long keeps
the short jobs waiting.
"""

import threading
import time
from collections import Counter

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db.session import transaction
from hauberk.jobs.execute import execute
from hauberk.jobs.heart import Heart, TimeLimitExceeded
from hauberk.jobs.lease import Claim, claim, give_back
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import Workplace

LOOK_SECONDS = 2.0
BROKEN_PAUSE_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Runners:
    """`per_organization`: how many jobs of one queue one organization may have running, on all machines together."""

    def __init__(
        self, workplace: Workplace, heart: Heart, *, name: str, threads: int, per_organization: int
    ) -> None:
        self._workplace = workplace
        self._heart = heart
        self._name = name
        self._per_organization = per_organization
        self._wake = threading.Condition()
        self._idle = 0
        self._wakes = 0
        self._stopping = threading.Event()
        self._running: Counter[str] = Counter()
        self._limit = max(1, threads - 1)
        self._threads = [
            threading.Thread(target=self._run, name=f"runner-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> int:
        return len(self._heart.running)

    def wake(self) -> None:
        """One thread that is idle looks for a job now; without one, nobody has to be told."""
        with self._wake:
            if self._wakes < self._idle:
                self._wakes += 1
                self._wake.notify()

    def stop(self, drain_seconds: float) -> None:
        """Lets running jobs finish; gives back what has not, without counting the attempt."""
        self._stopping.set()
        with self._wake:
            self._wake.notify_all()
        deadline = time.monotonic() + drain_seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for run in self._heart.running:
            run.lose()
            self._give_back(run.claim)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                found = self._claim()
            except SQLAlchemyError as error:
                log.warning("claim_failed", error=str(error))
                self._stopping.wait(BROKEN_PAUSE_SECONDS)
                continue
            if found is None:
                self._wait()
                continue
            self.wake()
            try:
                execute(found, self._workplace, self._heart)
            except TimeLimitExceeded:
                log.warning("time_limit_came_late", job_id=found.job_id)
            finally:
                with self._wake:
                    self._running[found.queue] -= 1

    def _claim(self) -> Claim | None:
        with self._wake:
            queues = [queue for queue in Queue if self._running[queue] < self._limit]
        if not queues or self._stopping.is_set():
            return None
        found = claim(
            self._workplace.engine,
            worker=self._name,
            queues=queues,
            per_organization=self._per_organization,
            lease=self._heart.lease,
        )
        if found is not None:
            with self._wake:
                self._running[found.queue] += 1
        return found

    def _wait(self) -> None:
        with self._wake:
            self._idle += 1
            while not self._wakes and not self._stopping.is_set():
                self._wake.wait()
            self._wakes = max(0, self._wakes - 1)
            self._idle -= 1

    def _give_back(self, unfinished: Claim) -> None:
        try:
            with transaction(self._workplace.engine, unfinished.organization_id) as connection:
                give_back(connection, unfinished, is_counted=False)
            log.info("job_given_back", job_id=unfinished.job_id)
        except Exception as error:  # noqa: BLE001 — it was finished meanwhile, or the sweeper gets it
            log.warning("job_not_given_back", job_id=unfinished.job_id, error=str(error))
