"""Granian, with what it lacks: a notice before it stops accepting, and patience with a process that keeps crashing."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from granian.constants import Interfaces, SSLProtocols
from granian.server.mp import MPServer

from hauberk.infra.settings import Settings
from hauberk.infra.web_server.running import address

BACKLOG = 4096
CONCURRENT_REQUESTS = 16_384
"""Of one process, open event streams among them; what is too much for it the application refuses in words."""
RESPAWN_SECONDS = 1.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 15.0
START_SECONDS = 60.0


class NoticingServer(MPServer):
    """SIGTERM tells the workers by SIGUSR2, and stops them after the notice; a second one, or SIGINT, at once."""

    def __init__(self, *args: Any, notice_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._notice_seconds = notice_seconds
        self._asked = 0
        self._pause = 0.0
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)  # as workers have it until they listen

    def signal_handler_interrupt(self, number: int = signal.SIGINT, frame: FrameType | None = None) -> None:
        stop: Callable[[int, FrameType | None], None] = super().signal_handler_interrupt
        self._asked += 1
        if self._asked > 1 or number != signal.SIGTERM:
            stop(number, frame)
            return
        for worker in self.wrks:
            _tell(worker)
        timer = threading.Timer(self._notice_seconds, stop, (number, frame))
        timer.daemon = True
        timer.start()

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        """One by one. What crashes again and again is started again and again, ever more slowly, beside the others."""
        if delay:  # asked for, by SIGHUP
            for index in workers:
                self._replace(index, spawn_target, target_loader, delay)
            return
        if any(time.monotonic() - each.birth > STEADY_SECONDS for each in self.wrks if each.inner.is_alive()):
            self._crashed(workers, spawn_target, target_loader)
        else:  # nobody has served yet: when it happens again at once, Granian gives up, and its supervisor is told why
            super()._respawn_workers(workers, spawn_target, target_loader)

    def _replace(self, index: int, spawn_target: Any, target_loader: Any, delay: float) -> None:
        """The new one serves before the old one is told: it takes as long as it takes on a busy machine."""
        old: Any = self.wrks.pop(index)
        new: Any = self._spawn_worker(idx=index, target=spawn_target, callback_loader=target_loader)
        new.start()
        self.wrks.insert(index, new)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and not self.interrupt_signal and not _serves(new):
            time.sleep(0.1)
        time.sleep(delay)
        _tell(old)
        time.sleep(self._notice_seconds)
        old.terminate()
        old.join(self.workers_kill_timeout)
        if old.is_alive():
            old.kill()
            old.join()

    def _crashed(self, workers: list[int], spawn_target: Any, target_loader: Any) -> None:
        lived = time.monotonic() - max(self.wrks[index].birth for index in workers)
        self._pause = (
            0 if lived > STEADY_SECONDS else min(LONGEST_PAUSE, max(RESPAWN_SECONDS, self._pause * 2))
        )
        until = time.monotonic() + self._pause
        while time.monotonic() < until and not self.interrupt_signal:
            time.sleep(0.1)
        super()._respawn_workers(workers, spawn_target, target_loader)
        self.respawned_wrks.clear()  # a second crash within seconds would be the end of all the others


def _tell(worker: Any) -> None:
    with suppress(ProcessLookupError, TypeError):
        os.kill(worker._id(), signal.SIGUSR2)  # noqa: SLF001 - a worker has no other name for its process


def _serves(worker: Any) -> bool:
    """It listens to SIGUSR2 from the moment that the application has started. Where that cannot be seen, it is believed."""
    try:
        status = Path(f"/proc/{worker._id()}/status").read_text(encoding="ascii")  # noqa: SLF001
    except OSError:
        return True
    caught = int(re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)[1], 16)  # type: ignore[index]
    return bool(caught >> (signal.SIGUSR2 - 1) & 1)


def serve(settings: Settings) -> None:
    NoticingServer(
        "hauberk.api.app:create_app",
        factory=True,
        address=address(settings),
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.api_processes,
        backlog=BACKLOG,
        backpressure=CONCURRENT_REQUESTS,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=settings.http.drain_seconds,
        websockets=False,
        ssl_cert=settings.tls.cert,
        ssl_key=settings.tls.key,
        ssl_protocol_min=SSLProtocols.tls12,
        notice_seconds=settings.notice_seconds,
    ).serve()
