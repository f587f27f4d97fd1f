"""Redis or Valkey in its two roles: the queue (binary, never evicts) and the cache (text, may evict).

Pools are bounded: at the bound a caller waits up to a second for a connection, and never fails at once.
"""

import asyncio
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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
    """The cache and rate counters, text decoded, for the event loop that it is first used in.

    An address with `?cluster=true` is one node of a cluster, which names the others.
    """
    address, is_cluster = _of_cluster(settings.cache.url)
    if is_cluster:
        # A cluster's client is no subclass of the other, and knows the same commands.
        return cast("redis.asyncio.Redis", _cluster_client(address, settings.cache.max_connections))
    return _async_client(settings.cache.url, settings.cache.max_connections)


def queue_client(settings: Settings) -> redis.asyncio.Redis:
    """The queue's server for asynchronous readers (depth, wake-ups), text decoded."""
    return _async_client(settings.queue.url, settings.queue.max_connections)


def sync_cache_client(settings: Settings) -> redis.Redis:
    """The cache for jobs, text decoded."""
    address, is_cluster = _of_cluster(settings.cache.url)
    if is_cluster:
        client = redis.RedisCluster.from_url(
            address,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            decode_responses=True,
        )
        return cast("redis.Redis", client)
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


def _of_cluster(url: str) -> tuple[str, bool]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    is_cluster = query.pop("cluster", "") == "true"
    return (urlunsplit(parts._replace(query=urlencode(query))), True) if is_cluster else (url, False)


class _Cluster(redis.asyncio.RedisCluster):
    """A cluster that is away fails as a server that is away does."""

    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().execute_command(*args, **kwargs)
        except redis.exceptions.RedisClusterException as error:
            raise redis.exceptions.ConnectionError(str(error)) from error


def _cluster_client(url: str, max_connections: int) -> redis.asyncio.RedisCluster:
    return _Cluster.from_url(
        url,
        max_connections=max_connections,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        decode_responses=True,
    )


def _sync_cluster_client(url: str) -> redis.RedisCluster:
    """It asks for the other nodes at once, so it can fail here already."""
    try:
        return redis.RedisCluster.from_url(
            url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS, decode_responses=True
        )
    except redis.exceptions.RedisClusterException as error:
        raise redis.exceptions.ConnectionError(str(error)) from error


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
