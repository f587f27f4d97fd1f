"""One worker process: its database engines, its heart, its runners, and the Dramatiq worker that wakes them.

    python -m hauberk.worker.process NUMBER DESCRIPTOR

When the other end of DESCRIPTOR is closed, its supervisor is gone and it stops.
"""

import gc
import os
import select
import signal
import sys
import threading
import time
from typing import Any

import dramatiq
import structlog
from sqlalchemy import Engine

from hauberk.db import pool
from hauberk.db.session import Pool, sync_engine
from hauberk.infra import telemetry
from hauberk.infra.readiness import in_force
from hauberk.infra.settings import Settings, load_settings
from hauberk.infra.telemetry import configure_logging
from hauberk.ingest.sandbox.report import inspect
from hauberk.ingest.sandbox.sandbox import shared
from hauberk.jobs import discovery
from hauberk.jobs.broker import close_hints, open_hints
from hauberk.jobs.heart import Heart
from hauberk.jobs.lease import HEARTBEAT_SECONDS, LEASE_SECONDS
from hauberk.jobs.progress import Progress
from hauberk.jobs.run import Workplace
from hauberk.parsers.registry import left_out
from hauberk.worker.health import REPORT_SECONDS, Health
from hauberk.worker.main import DRAIN_SECONDS
from hauberk.worker.runners import LOOK_SECONDS, Runners

SIDE_CONNECTIONS = 3
COLLECTED_AFTER = (10_000, 20, 50)
"""New objects until cycles are looked for: an import builds very many that live long, and cycles are rare."""

log = structlog.get_logger(__name__)


def run(number: int, watched: int) -> None:
    settings = load_settings()
    configure_logging(settings)
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    discovery.load()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
    worker = WorkerProcess(settings, number)
    log.info("worker_started", number=number, threads=settings.worker.threads)
    for found in left_out():
        log.warning(
            "format_left_out", package=found.package, entry_point=found.entry_point, reason=found.reason
        )
    worker.run(stop, watched)
    log.info("worker_stopped", number=number)
    telemetry.close()


class WorkerProcess:
    """Works until told to stop."""

    def __init__(
        self,
        settings: Settings,
        number: int,
        *,
        lease: float = LEASE_SECONDS,
        beat: float = HEARTBEAT_SECONDS,
    ) -> None:
        threads = settings.worker.threads
        self._engine = _engine(settings, size=threads, more=threads)
        self._side_engine = _engine(settings, size=1, more=SIDE_CONNECTIONS - 1)
        self._heart_engine = _engine(settings, size=1, more=0)
        self._sandbox = shared(settings)
        report = inspect(self._sandbox)
        self._health = Health(
            self._engine,
            role="worker",
            number=number,
            detail={
                in_force.DETAIL: in_force.told(settings, "worker"),
                "sandbox": report.level,
                "sandbox_missing": list(report.missing),
            },
        )
        self._heart = Heart(self._heart_engine, lease=lease, beat=beat)
        workplace = Workplace(
            settings, self._engine, self._side_engine, Progress(settings, self._side_engine)
        )
        self._runners = Runners(
            workplace,
            self._heart,
            name=self._health.name,
            threads=threads,
            per_organization=max(1, settings.worker_processes * threads - 1),
        )
        self._hints = open_hints(settings, lambda _queue: self._runners.wake())
        self._messages = dramatiq.Worker(self._hints.broker, worker_threads=1)

    def run(self, stop: threading.Event, watched: int) -> None:
        self._messages.start()
        report_at = 0.0
        while not stop.is_set():
            self._runners.wake()
            if time.monotonic() >= report_at:
                report_at = time.monotonic() + REPORT_SECONDS
                pool.sample()
                self._health.report(**self._state())
            # Hints cost nothing to lose: this looking is what finds the work, they are what finds it at once.
            readable, _, _ = select.select([watched], [], [], LOOK_SECONDS)
            if readable:
                log.warning("supervisor_gone")
                break
        self._stop()

    def _state(self) -> dict[str, Any]:
        return {"busy": self._runners.busy, "queue_server": self._hints.is_reachable}

    def _stop(self) -> None:
        self._runners.stop(DRAIN_SECONDS)
        self._messages.stop(timeout=2_000)
        close_hints()
        self._heart.stop()
        self._sandbox.close()
        self._health.forget()


def _engine(settings: Settings, *, size: int, more: int) -> Engine:
    bounds = Pool(
        size=size,
        max_overflow=more,
        timeout=settings.database.pool_timeout,
        pre_ping=settings.database.pool_pre_ping,
    )
    return sync_engine(settings.database.url, pool=bounds)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)  # a job's thread that ignored the end must not hold it up; its job was given back
