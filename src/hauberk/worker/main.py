"""`hauberk worker`: starts the worker processes, starts a new one for each that dies, and stops them all in the end.

A process of its own does the supervising, so that a crash in one worker process is that one's alone.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import structlog

from hauberk.infra.metrics import exposing
from hauberk.infra.settings import Settings, load_settings
from hauberk.infra.telemetry import configure_logging
from hauberk.ingest.sandbox.report import SandboxRefusedError, SandboxReport, accept, inspect
from hauberk.ingest.sandbox.sandbox import Sandbox

DRAIN_SECONDS = 20.0
KILL_SECONDS = 5.0
HEALTHY_SECONDS = 60.0
MAX_PAUSE_SECONDS = 30.0
EXIT_REFUSED = 2

log = structlog.get_logger(__name__)


def run() -> None:
    """Until SIGTERM or SIGINT. SIGHUP replaces the processes, one after the other, with ones that read all anew."""
    settings = load_settings()
    configure_logging(settings)
    check_sandbox(settings)
    if settings.metrics.worker_port is not None:
        exposing.serve(settings.host, settings.metrics.worker_port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    supervisor = Supervisor(settings.worker_processes)
    signal.signal(signal.SIGHUP, lambda *_: supervisor.replace())
    supervisor.run(stop)


def check_sandbox(settings: Settings) -> SandboxReport:
    """Says at start what the system refuses; in production it ends the program unless that was accepted."""
    sandbox = Sandbox(settings)
    try:
        report = inspect(sandbox)
    finally:
        sandbox.close()
    if report.level == "full":
        log.info("sandbox_full")
    else:
        log.warning("sandbox_partial", missing=list(report.missing))
    try:
        accept(report, settings)
    except SandboxRefusedError as error:
        sys.stderr.write(f"hauberk: {error}\n")
        raise SystemExit(EXIT_REFUSED) from error
    return report


@dataclass
class _Slot:
    """The place of one process: who is in it, and when the next one may be started after it died."""

    number: int
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = 1.0
    end_by: float = 0.0
    """When one that is asked to make room is ended by force; 0 where none is."""


class Supervisor:
    """The processes end when this one does, also when it is killed: they watch a pipe that only it holds."""

    def __init__(self, processes: int) -> None:
        self._slots = [_Slot(number) for number in range(1, processes + 1)]
        self._watched, self._hold = os.pipe()
        self._to_replace: list[_Slot] = []

    @property
    def pids(self) -> list[int]:
        return [slot.process.pid for slot in self._slots if slot.process is not None]

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(0.2):
            if self._to_replace and not self._is_one_missing():
                self._replace_one(self._to_replace.pop(0))
            for slot in self._slots:
                self._keep(slot)
        self._stop_all()

    def replace(self) -> None:
        """Each process finishes what it does and makes room for a new one; the others work meanwhile."""
        self._to_replace = list(self._slots)

    def _is_one_missing(self) -> bool:
        return any(slot.process is None or slot.end_by for slot in self._slots)

    def _replace_one(self, slot: _Slot) -> None:
        """Only asked here: who crashes or is stopped meanwhile is not kept waiting."""
        assert slot.process is not None
        slot.process.terminate()
        slot.end_by = time.monotonic() + DRAIN_SECONDS + KILL_SECONDS

    def _keep(self, slot: _Slot) -> None:
        now = time.monotonic()
        if slot.process is None:
            if now >= slot.start_at:
                slot.process = self._start(slot.number)
                slot.started_at = now
        elif (code := slot.process.poll()) is None:
            if slot.end_by and now > slot.end_by:
                slot.process.kill()
        elif slot.end_by:
            log.info("worker_process_replaced", number=slot.number)
            slot.process, slot.start_at, slot.pause, slot.end_by = None, now, 1.0, 0.0
        else:
            if now - slot.started_at > HEALTHY_SECONDS:
                slot.pause = 1.0
            log.error("worker_process_died", number=slot.number, exit_code=code, restart_in=slot.pause)
            slot.process, slot.start_at = None, now + slot.pause
            slot.pause = min(MAX_PAUSE_SECONDS, slot.pause * 2)

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "hauberk.worker.process", str(number), str(self._watched)]
        return subprocess.Popen(command, pass_fds=(self._watched,), stdin=subprocess.DEVNULL)  # noqa: S603

    def _stop_all(self) -> None:
        """Gracefully; by force when the time is over."""
        processes = [slot.process for slot in self._slots if slot.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + DRAIN_SECONDS + KILL_SECONDS
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        os.close(self._hold)
        os.close(self._watched)


if __name__ == "__main__":
    run()
