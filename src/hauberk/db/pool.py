"""The connection pools of a process: what a scrape sees of them, and how long who finds no free connection waits."""

import time
from contextlib import suppress
from typing import Any, ClassVar, Final
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
"""So long somebody waits for one of the kept connections before another is opened, which costs the server a process with
nothing in its caches, and gives a busy database still more to do at once."""
IDLE_SECONDS: Final = 5.0
"""Of those opened beyond the kept ones, one is closed each time that none was missed for so long."""

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
        if self.checkedout() >= _most(self):
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
    """Of servers: as large as it may grow; of those beyond `kept`, it closes what it has not needed for a while.

    SQLAlchemy's own overflow is closed as soon as it is given back, so that a busy server had processes started without
    end. Its time-out is the pool's own or what is left of the request, whichever is less.
    """

    kept: ClassVar = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._least_idle = 0
        self._judged_at = time.monotonic()
        self.watch()

    @classmethod
    def keeping(cls, size: int) -> "type[PatientPool]":
        """The class is what an engine makes its pool of, now and after each `dispose`."""
        return type(cls.__name__, (cls,), {"kept": size})

    @property
    def _timeout(self) -> float:
        return patience(self._longest)

    @_timeout.setter
    def _timeout(self, seconds: float) -> None:
        self._longest = seconds

    def _do_get(self) -> ConnectionPoolEntry:
        return self.counted(self._idle_or_new)

    def _idle_or_new(self) -> ConnectionPoolEntry:
        if self.kept <= _open(self) < _most(self):
            with suppress(Empty):
                return self._pool.get(True, min(BEFORE_OVERFLOW_SECONDS, self._timeout))
        return super()._do_get()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if not self._was_spare():
            super()._do_return_conn(record)
            return
        try:
            record.close()
        finally:
            self._dec_overflow()

    def _was_spare(self) -> bool:
        now, idle = time.monotonic(), self.checkedin()
        self._least_idle = min(self._least_idle, idle)
        if now - self._judged_at < IDLE_SECONDS:
            return False
        was_spare = self._least_idle > 0 and _open(self) > self.kept
        self._judged_at, self._least_idle = now, idle
        return was_spare


def sample() -> None:
    """Shows what the pools of this process have now; every few seconds, for at each request it would be of no use."""
    pools, name = list(_pools), role()
    SIZE.labels(name).set(sum(_kept(pool) for pool in pools))
    LIMIT.labels(name).set(sum(_most(pool) for pool in pools))
    CHECKED_OUT.labels(name).set(sum(pool.checkedout() for pool in pools))
    OVERFLOW.labels(name).set(sum(max(0, _open(pool) - _kept(pool)) for pool in pools))


def figures(engine: AsyncEngine) -> dict[str, float]:
    """What the pool of this process is and does."""
    pool = engine.pool
    if not isinstance(pool, QueuePool):
        return {}
    found: dict[str, float] = {
        "size": _kept(pool),
        "max_overflow": _most(pool) - _kept(pool),
        "timeout": pool.timeout(),
        "open": _open(pool),
        "in_use": pool.checkedout(),
    }
    if isinstance(pool, PatientPool):
        found |= {"waits": pool.waits, "refusals": pool.refusals}
    return found


def _kept(pool: QueuePool) -> int:
    return pool.kept if isinstance(pool, PatientPool) else pool.size()


def _open(pool: QueuePool) -> int:
    return pool.size() + pool.overflow()


def _most(pool: QueuePool) -> int:
    return pool.size() + pool._max_overflow  # noqa: SLF001 - it has no other way to tell
