"""Reads from a streaming replica, never behind what the reader himself wrote.

After a write its place in the write-ahead log is kept for the writer, in the cache, where all processes find it. A read
goes to the replica when it has replayed that place; to the primary when it has not, when it cannot be reached, and when
the cache cannot say. A place that cannot be kept is waited for instead.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio
import structlog
from prometheus_client import Counter
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from hauberk.db.session import Sessions

KEPT_SECONDS = 300
BEGIN_SECONDS = 2.0
AWAY_SECONDS = 5.0
WAIT_SECONDS = 5.0
LOOK_SECONDS = 0.05

READS = Counter("replica_reads_total", "Reads that could have gone to the replica", ["server"])
_WRITTEN = text("select pg_current_wal_insert_lsn()::text")
_HAS = text("select coalesce(pg_last_wal_replay_lsn() >= cast(:place as pg_lsn), true)")

log = structlog.get_logger(__name__)


class Replica:
    """One of any number of processes' views of it."""

    def __init__(self, sessions: Sessions, primary: AsyncEngine, cache: redis.asyncio.Redis) -> None:
        self.sessions = sessions
        self._primary = primary
        self._cache = cache
        self._away_until = 0.0

    async def wrote(self, user_id: int) -> None:
        """After his commit and before he is answered."""
        async with self._primary.connect() as connection:
            place = str(await connection.scalar(_WRITTEN))
        try:
            await self._cache.set(f"written:{user_id}", place, ex=KEPT_SECONDS)
        except (RedisError, OSError):
            await self._wait_for(place)

    @asynccontextmanager
    async def reading(self, organization_id: int, user_id: int) -> AsyncIterator[AsyncSession | None]:
        """A session on the replica, or None: then the primary has to do."""
        session = await self._begin(organization_id, user_id)
        READS.labels("primary" if session is None else "replica").inc()
        if session is None:
            yield None
            return
        try:
            yield session
        finally:
            await session.close()

    async def _begin(self, organization_id: int, user_id: int) -> AsyncSession | None:
        if time.monotonic() < self._away_until:
            return None
        try:
            place = await self._cache.get(f"written:{user_id}")
        except (RedisError, OSError):
            return None
        session = self.sessions.make(organization_id)
        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                await session.connection()
                if place is None or (await session.execute(_HAS, {"place": place})).scalar_one():
                    return session
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("replica_away", error=type(error).__name__)
            self._away_until = time.monotonic() + AWAY_SECONDS
        await session.close()
        return None

    async def _wait_for(self, place: str) -> None:
        """Best effort in the end: a replica that stays away is not read from either."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                async with self.sessions.engine.connect() as connection:
                    if await connection.scalar(_HAS, {"place": place}):
                        return
            except (SQLAlchemyError, OSError):
                return
            await asyncio.sleep(LOOK_SECONDS)
