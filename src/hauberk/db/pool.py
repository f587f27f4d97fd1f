"""The connection pools of a process: what a scrape sees of them, and how long who finds no free connection waits."""

import time
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Empty

from hauberk.infra.deadline import patience
from hauberk.infra.metrics.folder import role

SIZE: Final = Gauge("db_pool_size", "Connections that the pools keep", ["role"], multiprocess_mode="livesum")
LIMIT: Final = Gauge(
    "db_pool_limit", "Connections that the pools may open", ["role"], multiprocess_mode="livesum"
)
CHECKED_OUT: Final = Gauge("db_pool_checked_out", "Connections in use", ["role"], multiprocess_mode="livesum")
OVERFLOW: Final = Gauge(
    "db_pool_overflow", "Connections open beyond those kept", ["role"], multiprocess_mode="livesum"
)
WAIT: Final = Histogram(
    "db_pool_wait_seconds",
    "Time until a caller had a connection",
    ["role"],
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30),
)
WAITS: Final = Counter("db_pool_waits_total", "Callers who found no free connection", ["role"])
REFUSALS: Final = Counter("db_pool_refusals_total", "Callers who waited for one in vain", ["role"])

BEFORE_OVERFLOW_SECONDS: Final = 0.1
"""So long somebody waits for one of the kept connections before another is opened, which costs the server a process, is
thrown away when it is given back, and gives a busy database still more to do at once."""

_pools: "WeakSet[QueuePool]" = WeakSet()


class _Counted:
    """What both kinds of pool count: they differ only in how they wait."""

    waits = 0
    refusals = 0

    def watch(self: Any) -> None:
        _pools.add(self)
        self.duration = WAIT.labels(role())
        self.waited = WAITS.labels(role())
        self.refused = REFUSALS.labels(role())

    def counted(self: Any, get: Any) -> ConnectionPoolEntry:
        if self.checkedout() >= self.size() + self._max_overflow:
            self.waits += 1
            self.waited.inc()
        began = time.perf_counter()
        try:
            found: ConnectionPoolEntry = get()
        except exc.TimeoutError:
            self.refusals += 1
            self.refused.inc()
            raise
        finally:
            self.duration.observe(time.perf_counter() - began)
        return found


class CountedPool(_Counted, QueuePool):
    """Of jobs and commands."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.watch()

    def _do_get(self) -> ConnectionPoolEntry:
        return self.counted(super()._do_get)


class PatientPool(_Counted, AsyncAdaptedQueuePool):
    """Of servers. Its time-out is the pool's own or what is left of the request, whichever is less."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.watch()

    @property
    def _timeout(self) -> float:
        return patience(self._longest)

    @_timeout.setter
    def _timeout(self, seconds: float) -> None:
        self._longest = seconds

    def _do_get(self) -> ConnectionPoolEntry:
        return self.counted(self._kept_or_new)

    def _kept_or_new(self) -> ConnectionPoolEntry:
        if 0 <= self.overflow() < self._max_overflow:
            with suppress(Empty):
                return self._pool.get(True, min(BEFORE_OVERFLOW_SECONDS, self._timeout))
        return super()._do_get()


def sample() -> None:
    """Shows what the pools of this process have now; every few seconds, for at each request it would be of no use."""
    pools, name = list(_pools), role()
    SIZE.labels(name).set(sum(pool.size() for pool in pools))
    LIMIT.labels(name).set(sum(_most(pool) for pool in pools))
    CHECKED_OUT.labels(name).set(sum(pool.checkedout() for pool in pools))
    OVERFLOW.labels(name).set(sum(max(0, pool.overflow()) for pool in pools))


def figures(engine: AsyncEngine) -> dict[str, float]:
    """What the pool of this process is and does."""
    pool = engine.pool
    if not isinstance(pool, QueuePool):
        return {}
    found: dict[str, float] = {
        "size": pool.size(),
        "max_overflow": _most(pool) - pool.size(),
        "timeout": pool.timeout(),
        "open": pool.checkedin() + pool.checkedout(),
        "in_use": pool.checkedout(),
    }
    if isinstance(pool, PatientPool):
        found |= {"waits": pool.waits, "refusals": pool.refusals}
    return found


def _most(pool: QueuePool) -> int:
    return pool.size() + pool._max_overflow  # noqa: SLF001 - it has no other way to tell
