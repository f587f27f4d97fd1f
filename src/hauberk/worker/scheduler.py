"""`hauberk scheduler`: the leader among the schedulers starts what is due, sweeps, and relays the outbox.

Leadership is a row with an end. Whatever a leader does bears being done twice, so that one that was frozen and does
not know better does no harm.
"""

import signal
import sys
import threading
import time
from datetime import timedelta

import structlog
from sqlalchemy import Engine, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import Text

from hauberk.db import pool
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.infra import telemetry
from hauberk.infra.metrics import exposing
from hauberk.infra.readiness import in_force
from hauberk.infra.settings import Settings, load_settings
from hauberk.infra.telemetry import configure_logging
from hauberk.jobs import discovery
from hauberk.jobs.broker import close_hints, hint, open_hints
from hauberk.jobs.counting import RESCUED
from hauberk.jobs.depth import measure
from hauberk.jobs.execute import fail
from hauberk.jobs.lease import SHORT, LostLeaseError, sweep
from hauberk.jobs.outbox import BATCH, relay
from hauberk.jobs.queues import Queue
from hauberk.jobs.schedule import start_due
from hauberk.jobs.tick import Ticks
from hauberk.worker.health import REPORT_SECONDS, Health

TERM_SECONDS = 15.0
RENEW_SECONDS = 5.0
PASS_SECONDS = 0.5
SWEEP_SECONDS = 10.0
SCHEDULE_SECONDS = 1.0
STUCK_SECONDS = 5.0
ROLE = "scheduler"

_LEAD = text("select lead(:role, :name, :term)").bindparams(bindparam("term", type_=INTERVAL))
_RESIGN = text("select resign(:role, :name)")
_WAITING = text("select waiting_queues(:queues, :since)").bindparams(
    bindparam("queues", type_=ARRAY(Text)), bindparam("since", type_=INTERVAL)
)

log = structlog.get_logger(__name__)


def run() -> None:
    """Until SIGTERM or SIGINT."""
    settings = load_settings()
    configure_logging(settings)
    if settings.metrics.scheduler_port is not None:
        exposing.serve(settings.host, settings.metrics.scheduler_port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # one process: who wants it anew, starts it anew
    discovery.load()
    open_hints(settings)
    Scheduler(settings).run(stop)
    close_hints()
    telemetry.close()
    sys.stdout.flush()


class Scheduler:
    """One of any number; `term` is for how many seconds it leads without renewing."""

    def __init__(self, settings: Settings, *, term: float = TERM_SECONDS) -> None:
        self._engine: Engine = sync_engine(
            settings.database.url,
            pool=Pool(size=1, max_overflow=6, pre_ping=settings.database.pool_pre_ping),
            application_name="hauberk-scheduler",
        )
        self._health = Health(
            self._engine, role=ROLE, number=1, detail={in_force.DETAIL: in_force.told(settings, ROLE)}
        )
        self._term = term
        self._leads = False
        self._ticks = Ticks(settings)
        self._due: dict[str, float] = {}

    @property
    def leads(self) -> bool:
        return self._leads

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.work()
            except SQLAlchemyError as error:
                log.warning("scheduler_pass_failed", error=str(error))
                self._leads = False
                self._due.clear()
                stop.wait(PASS_SECONDS)
            stop.wait(PASS_SECONDS)
        self._resign()
        self._engine.dispose()

    def work(self) -> None:
        """One pass: what is due of what a leader does."""
        if self._is_due("lead", min(RENEW_SECONDS, self._term / 3)):
            self._lead()
        if self._is_due("health", REPORT_SECONDS):
            pool.sample()
            self._health.report(leads=self._leads, queues=measure(self._engine) if self._leads else {})
        if not self._leads:
            return
        if self._is_due("sweep", SWEEP_SECONDS):
            self._sweep()
        if self._is_due("schedule", SCHEDULE_SECONDS):
            start_due(self._engine)
        self._ticks.run_due(self._engine)
        renew_at = self._due["lead"]
        while relay(self._engine) == BATCH and time.monotonic() < renew_at:
            log.info("outbox_is_long")

    def _lead(self) -> None:
        values = {"role": ROLE, "name": self._health.name, "term": timedelta(seconds=self._term)}
        with transaction(self._engine, limits=SHORT) as connection:
            leads = bool(connection.execute(_LEAD, values).scalar_one())
        if leads != self._leads:
            log.info("leadership_taken" if leads else "leadership_lost", name=self._health.name)
        self._leads = leads

    def _sweep(self) -> None:
        for claim in sweep(self._engine, sweeper=self._health.name):
            if claim.token is None:
                RESCUED.labels("worker_lost").inc()
                log.warning(
                    "job_given_back_by_sweeper", job_id=claim.job_id, kind=claim.kind, attempt=claim.attempt
                )
                continue
            RESCUED.labels("attempts_exhausted").inc()
            times = "once" if claim.max_attempts == 1 else f"{claim.max_attempts} times"
            message = f"It was started {times}, and each time the worker was lost."
            try:
                fail(self._engine, claim, "attempts_exhausted", message)
            except LostLeaseError:
                log.info("job_ended_meanwhile", job_id=claim.job_id)
        values = {"queues": [queue.value for queue in Queue], "since": timedelta(seconds=STUCK_SECONDS)}
        with transaction(self._engine, limits=SHORT) as connection:
            waiting = connection.execute(_WAITING, values).scalars().all()
        for queue in waiting:
            hint(Queue(queue))

    def _resign(self) -> None:
        try:
            with transaction(self._engine, limits=SHORT) as connection:
                connection.execute(_RESIGN, {"role": ROLE, "name": self._health.name})
        except SQLAlchemyError as error:
            log.warning("not_resigned", error=str(error))
        self._health.forget()
        self._ticks.finish()

    def _is_due(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0):
            return False
        self._due[what] = now + seconds
        return True


if __name__ == "__main__":
    run()
