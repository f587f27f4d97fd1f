"""Redis or Valkey in its two roles: the queue (binary, never evicts) and the cache (text, may evict).

Pools are bounded: at the bound a caller waits up to a second for a connection, and never fails at once.
"""

import asyncio
from threading import Lock
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import redis
import redis.asyncio
import structlog
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from hauberk.infra.settings import Settings
from hauberk.kit.errors import Unavailable

WAIT_SECONDS = 1.0
CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
BROKER_ANSWER_SECONDS = 10.0
HEALTH_CHECK_SECONDS = 30
DRIVER = redis.DriverInfo()
"""Once: else every connection looks in the metadata of the installed packages for the version that it tells the server."""

log = structlog.get_logger(__name__)


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
        return cast("redis.Redis", _LateCluster(address))
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


def _named(url: str) -> str:
    if not url:
        raise Unavailable(
            "There is no queue or no cache: start 'hauberk up', or set HAUBERK_QUEUE_URL and HAUBERK_CACHE_URL."
        )
    return url


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


class _SyncCluster(redis.RedisCluster):
    """As `_Cluster`, for jobs."""

    def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().execute_command(*args, **kwargs)  # type: ignore[no-untyped-call]
        except redis.exceptions.RedisClusterException as error:
            raise redis.exceptions.ConnectionError(str(error)) from error


class _LateCluster:
    """A cluster's client that is made when it is first used: making it asks a node for the others, and a process that
    starts while the cluster is away goes on without it, as it does when it goes away later."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: redis.RedisCluster | None = None
        self._is_away = False
        self._lock = Lock()

    def __getattr__(self, command: str) -> Any:
        return getattr(self._client(), command)

    def close(self) -> None:
        if self._made is not None:
            self._made.close()

    def _client(self) -> redis.RedisCluster:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> redis.RedisCluster:
        try:
            made = _SyncCluster.from_url(
                self._url,
                socket_connect_timeout=CONNECT_SECONDS,
                socket_timeout=ANSWER_SECONDS,
                decode_responses=True,
            )
        except (redis.exceptions.RedisClusterException, redis.exceptions.RedisError) as error:
            if not self._is_away:  # once: whoever uses it tries again and again
                log.warning("cache_cluster_away", error=str(error)[:200])
            self._is_away = True
            raise redis.exceptions.ConnectionError(str(error)) from error
        if self._is_away:
            log.info("cache_cluster_back")
        return made


def _async_client(url: str, max_connections: int) -> redis.asyncio.Redis:
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        _named(url),
        max_connections=max_connections,
        timeout=WAIT_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        retry=AsyncRetry(ExponentialWithJitterBackoff(cap=0.2, base=0.05), 1),
        driver_info=DRIVER,
        decode_responses=True,
    )
    return redis.asyncio.Redis.from_pool(pool)


def _sync_client(url: str, max_connections: int, *, decoded: bool, answer: float) -> redis.Redis:
    pool = redis.BlockingConnectionPool.from_url(
        _named(url),
        max_connections=max_connections,
        timeout=WAIT_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=answer,
        health_check_interval=HEALTH_CHECK_SECONDS,
        retry=Retry(ExponentialWithJitterBackoff(cap=0.2, base=0.05), 1),
        driver_info=DRIVER,
        decode_responses=decoded,
    )
    return redis.Redis.from_pool(pool)
