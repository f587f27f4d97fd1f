"""@tick: what the leading scheduler does every second or so, too small and too frequent to be a job.

    @tick(seconds=1)
    def fold_counts(engine: Engine) -> None: ...

It must bear being done twice at once: a leader that was frozen does not know yet that another one leads.
"""

import time
from collections.abc import Callable

import structlog
from sqlalchemy import Engine

Tick = Callable[[Engine], None]

log = structlog.get_logger(__name__)

_ticks: dict[str, tuple[float, Tick]] = {}


def tick(*, seconds: float) -> Callable[[Tick], Tick]:
    """Belongs into a `jobs.py`. A pass that fails is logged, and the next one comes all the same."""

    def register(function: Tick) -> Tick:
        _ticks[f"{function.__module__}.{function.__qualname__}"] = (seconds, function)
        return function

    return register


class Ticks:
    """Which are due, by the clock of this process."""

    def __init__(self, ticks: dict[str, tuple[float, Tick]] | None = None) -> None:
        self._ticks = _ticks if ticks is None else ticks
        self._due: dict[str, float] = {}

    def run_due(self, engine: Engine) -> None:
        for name, (seconds, function) in list(self._ticks.items()):
            now = time.monotonic()
            if now < self._due.get(name, 0):
                continue
            self._due[name] = now + seconds
            try:
                function(engine)
            except Exception:
                log.exception("tick_failed", tick=name)
