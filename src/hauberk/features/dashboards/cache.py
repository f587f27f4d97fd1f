"""A computed answer kept in Valkey: found by the version it was computed for, computed once however many ask.

Nothing has to be invalidated: another version is another key, and old ones expire. When the cache is down, everybody
computes; slower, and as right.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from hauberk.features.dashboards.counting import CACHE_READS

SHORTEST_SECONDS = 300
LONGEST_SECONDS = 900
COMPUTING_MS = 10_000
WAIT_SECONDS = 3.0
POLL_SECONDS = 0.05

log = structlog.get_logger(__name__)


async def kept(client: redis.asyncio.Redis, key: str, compute: Callable[[], Awaitable[str]]) -> str:
    """The value of `key`; whoever comes while it is computed waits for it a while instead of computing too."""
    try:
        found = await client.get(key)
        if found is None and not await client.set(f"{key}:computing", "1", nx=True, px=COMPUTING_MS):
            found = await _awaited(client, key)
    except RedisError as error:
        log.warning("cache_unavailable", error=type(error).__name__)
        return await compute()
    CACHE_READS.labels("miss" if found is None else "hit").inc()
    return str(found) if found is not None else await _computed(client, key, compute)


async def _awaited(client: redis.asyncio.Redis, key: str) -> str | None:
    for _ in range(round(WAIT_SECONDS / POLL_SECONDS)):
        await asyncio.sleep(POLL_SECONDS)
        found = await client.get(key)
        if found is not None:
            return str(found)
    return None


async def _computed(client: redis.asyncio.Redis, key: str, compute: Callable[[], Awaitable[str]]) -> str:
    value = await compute()
    # Spread, so that not all organizations' answers expire in the same second.
    seconds = SHORTEST_SECONDS + secrets.randbelow(LONGEST_SECONDS - SHORTEST_SECONDS)
    try:
        await client.set(key, value, ex=seconds)
        await client.delete(f"{key}:computing")
    except RedisError as error:
        log.warning("cache_unavailable", error=type(error).__name__)
    return value
