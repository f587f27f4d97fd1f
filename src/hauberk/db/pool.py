"""The pool of a serving process: who finds no free connection waits as long as his request lasts, and is counted."""

from prometheus_client import Counter
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, QueuePool

from hauberk.infra.deadline import patience

WAITS = Counter("hauberk_database_pool_waits_total", "Requests that waited for a database connection")
REFUSALS = Counter("hauberk_database_pool_refusals_total", "Requests that waited for one in vain")


class PatientPool(AsyncAdaptedQueuePool):
    """Its time-out is the pool's own or what is left of the request, whichever is less."""

    waits = 0
    refusals = 0

    @property
    def _timeout(self) -> float:
        return patience(self._longest)

    @_timeout.setter
    def _timeout(self, seconds: float) -> None:
        self._longest = seconds

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() >= self.size() + self._max_overflow:
            self.waits += 1
            WAITS.inc()
        try:
            return super()._do_get()
        except exc.TimeoutError:
            self.refusals += 1
            REFUSALS.inc()
            raise


def figures(engine: AsyncEngine) -> dict[str, float]:
    """What the pool of this process is and does."""
    pool = engine.pool
    if not isinstance(pool, QueuePool):
        return {}
    found: dict[str, float] = {
        "size": pool.size(),
        "max_overflow": pool._max_overflow,  # noqa: SLF001 - it has no other way to tell
        "timeout": pool.timeout(),
        "open": pool.checkedin() + pool.checkedout(),
        "in_use": pool.checkedout(),
    }
    if isinstance(pool, PatientPool):
        found |= {"waits": pool.waits, "refusals": pool.refusals}
    return found
