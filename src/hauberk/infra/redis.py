"""Redis or Valkey in its two roles: the queue (binary, never evicts) and the cache (text, may evict).

Pools are bounded: at the bound a caller waits up to a second for a connection, and never fails at once.
"""

import asyncio

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from hauberk.infra.settings import Settings

WAIT_SECONDS = 1.0
CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
BROKER_ANSWER_SECONDS = 10.0
HEALTH_CHECK_SECONDS = 30


def cache_client(settings: Settings) -> redis.asyncio.Redis:
    """The cache and rate counters, text decoded, for the event loop that it is first used in."""
    return _async_client(settings.cache.url, settings.cache.max_connections)


def queue_client(settings: Settings) -> redis.asyncio.Redis:
    """The queue's server for asynchronous readers (depth, wake-ups), text decoded."""
    return _async_client(settings.queue.url, settings.queue.max_connections)


def sync_cache_client(settings: Settings) -> redis.Redis:
    """The cache for jobs, text decoded."""
    return _sync_client(
        settings.cache.url, settings.cache.max_connections, decoded=True, answer=ANSWER_SECONDS
    )


def broker_client(settings: Settings) -> redis.Redis:
    """The queue for the Dramatiq broker: binary, and patient enough for its blocking reads."""
    return _sync_client(
        settings.queue.url, settings.queue.max_connections, decoded=False, answer=BROKER_ANSWER_SECONDS
    )


async def warm(client: redis.asyncio.Redis, connections: int) -> None:
    """Open that many connections now, so that the first requests need not."""
    await asyncio.gather(*(client.ping() for _ in range(connections)))


def _async_client(url: str, max_connections: int) -> redis.asyncio.Redis:
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=max_connections,
        timeout=WAIT_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        retry=AsyncRetry(ExponentialWithJitterBackoff(cap=0.2, base=0.05), 1),
        decode_responses=True,
    )
    return redis.asyncio.Redis.from_pool(pool)


def _sync_client(url: str, max_connections: int, *, decoded: bool, answer: float) -> redis.Redis:
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=max_connections,
        timeout=WAIT_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=answer,
        health_check_interval=HEALTH_CHECK_SECONDS,
        retry=Retry(ExponentialWithJitterBackoff(cap=0.2, base=0.05), 1),
        decode_responses=decoded,
    )
    return redis.Redis.from_pool(pool)
