"""The event loop's watchdog: how late it is, and what it was doing when it stood still.

Everything of a process is answered by one loop, so what computes or waits in it keeps everybody waiting. A task measures
how late it wakes up; a thread notices when it does not wake up at all, and logs where the loop is.
"""

import asyncio
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from prometheus_client import Counter, Histogram

TICK_SECONDS = 0.2
STALL_SECONDS = 1.0
KEPT_TICKS = 300
"""A minute."""

LAG = Histogram(
    "eventloop_lag_seconds",
    "How late the event loop wakes up",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
STALLS = Counter("eventloop_stalls_total", "Times that the event loop stood still for a second")

log = structlog.get_logger(__name__)


class Loop:
    """The event loop of this process, as its watchdog sees it."""

    def __init__(self, tell: Callable[[float], None]) -> None:
        self._tell = tell
        self._thread = threading.get_ident()
        self._lags: deque[float] = deque(maxlen=KEPT_TICKS)
        self._woke_at = time.monotonic()
        self._stopping = threading.Event()
        self.stalls = 0

    def figures(self) -> dict[str, float]:
        """Of the last minute, in milliseconds; and how often it stood still since it began."""
        lags = sorted(self._lags)
        if not lags:
            return {}
        percentile = lags[min(len(lags) - 1, int(len(lags) * 0.99))]
        return {
            "ticks": len(lags),
            "p99_ms": round(percentile * 1000, 1),
            "worst_ms": round(lags[-1] * 1000, 1),
            "stalls": self.stalls,
        }

    async def measure(self) -> None:
        while True:
            slept_at = time.monotonic()
            await asyncio.sleep(TICK_SECONDS)
            self._woke_at = time.monotonic()
            lag = max(0.0, self._woke_at - slept_at - TICK_SECONDS)
            self._lags.append(lag)
            LAG.observe(lag)
            self._tell(lag)

    def watch(self) -> None:
        """In a thread of its own: once for each time that it stands still."""
        told_of = 0.0
        while not self._stopping.wait(TICK_SECONDS):
            woke_at = self._woke_at
            still = time.monotonic() - woke_at - TICK_SECONDS
            if still > STALL_SECONDS and told_of != woke_at:
                told_of = woke_at
                self.stalls += 1
                STALLS.inc()
                log.error("event_loop_stalled", seconds=round(still, 1), stack=self._stack())

    def stop(self) -> None:
        self._stopping.set()

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._thread)  # noqa: SLF001 - there is no other way to see it
        return "".join(traceback.format_stack(frame)) if frame else ""


@asynccontextmanager
async def watching(tell: Callable[[float], None]) -> AsyncIterator[Loop]:
    """`tell` is told at every tick how late it is."""
    loop = Loop(tell)
    task = asyncio.create_task(loop.measure())
    thread = threading.Thread(target=loop.watch, name="watchdog", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.stop()
        task.cancel()
        thread.join()
