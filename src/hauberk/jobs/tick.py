"""@tick: what the leading scheduler does every second or so, too small and too frequent to be a job.

    @tick(seconds=2, in_background=True)
    def send_notices(engine: Engine, settings: Settings) -> None: ...

It must bear being done twice at once: a leader that was frozen does not know yet that another one leads. What may take
its time says `in_background`: it has a thread of its own, and is passed over while that still runs.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine

from hauberk.infra.settings import Settings

Act = Callable[[Engine, Settings], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    seconds: float
    act: Act
    in_background: bool = False


_ticks: dict[str, Tick] = {}


def tick(*, seconds: float, in_background: bool = False) -> Callable[[Act], Act]:
    """Belongs into a `jobs.py`. A pass that fails is logged, and the next one comes all the same."""

    def register(function: Act) -> Act:
        _ticks[f"{function.__module__}.{function.__qualname__}"] = Tick(seconds, function, in_background)
        return function

    return register


class Ticks:
    """Which are due, by the clock of this process."""

    def __init__(self, settings: Settings, ticks: dict[str, Tick] | None = None) -> None:
        self._settings = settings
        self._ticks = _ticks if ticks is None else ticks
        self._due: dict[str, float] = {}
        self._threads: dict[str, threading.Thread] = {}

    def run_due(self, engine: Engine) -> None:
        for name, each in list(self._ticks.items()):
            now = time.monotonic()
            running = self._threads.get(name)
            if now < self._due.get(name, 0) or (running is not None and running.is_alive()):
                continue
            self._due[name] = now + each.seconds
            if each.in_background:
                thread = threading.Thread(target=self._do, args=(name, each.act, engine), name=name)
                self._threads[name] = thread
                thread.start()
            else:
                self._do(name, each.act, engine)

    def finish(self) -> None:
        """Waits for what runs in the background: nothing of it is interrupted half-way."""
        for thread in self._threads.values():
            thread.join()
        self._threads.clear()

    def _do(self, name: str, act: Act, engine: Engine) -> None:
        try:
            act(engine, self._settings)
        except Exception:
            log.exception("tick_failed", tick=name)
