"""What one process holds for all its requests: opened by the application's lifespan or by a command, then passed down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import redis.asyncio
import redis.exceptions
import structlog

from hauberk.db import installation
from hauberk.db.replica import Replica
from hauberk.db.session import Pool, Sessions, TimeLimits, async_engine, open_connections
from hauberk.features.identity.passwords import Passwords
from hauberk.features.identity.streams import OpenStreams
from hauberk.infra.crypto import KeyRing
from hauberk.infra.draining import Draining
from hauberk.infra.health import Surroundings
from hauberk.infra.redis import WAIT_SECONDS, cache_client, queue_client, warm
from hauberk.infra.settings import Settings
from hauberk.infra.storage import Storage, open_storage
from hauberk.kit.errors import Conflict
from hauberk.kit.ids import PublicIds

log = structlog.get_logger(__name__)


HEALTH_POOL = Pool(size=1, max_overflow=0, timeout=30)
"""Health must answer most of all when every connection of the requests is taken, so it has one of its own.

How long a look waits for it says `infra.health`, in turns: by the clock an overloaded process would call its database lost.
"""


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    sessions: Sessions
    replica: Replica | None
    surroundings: Surroundings
    draining: Draining
    cache: redis.asyncio.Redis
    queue: redis.asyncio.Redis
    storage: Storage
    public_ids: PublicIds
    key_ring: KeyRing
    passwords: Passwords
    streams: OpenStreams


@asynccontextmanager
async def opened(
    settings: Settings, *, application_name: str = "hauberk-api", is_server: bool = False
) -> AsyncIterator[Context]:
    """Connects, and refuses a database that was never migrated or is another environment's."""
    database = settings.database
    pool = Pool(
        database.pool_size,
        database.max_overflow,
        timeout=database.pool_timeout,
        pre_ping=database.pool_pre_ping,
        is_behind_pooler=database.pooler,
    )
    engine = async_engine(database.url, pool=pool, application_name=application_name)
    own = replace(HEALTH_POOL, is_behind_pooler=database.pooler)
    health = async_engine(database.url, pool=own, application_name=f"{application_name}-health")
    cache, queue = cache_client(settings), queue_client(settings)
    limits = TimeLimits(statement=f"{round(database.statement_timeout * 1000)}ms")
    replica, health_of_replica = None, None
    if database.replica_url:
        reads = async_engine(database.replica_url, pool=pool, application_name=application_name)
        replica = Replica(Sessions(reads, limits=limits), engine, cache)
        health_of_replica = async_engine(
            database.replica_url, pool=own, application_name=f"{application_name}-health"
        )
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(installation.read)
        if found.environment != settings.environment.value:
            raise Conflict(
                f"This database belongs to environment '{found.environment}', HAUBERK_ENVIRONMENT says"
                f" '{settings.environment.value}'. Point HAUBERK_DATABASE_URL at the right database.",
                code="wrong_environment",
            )
        if is_server:
            await open_connections(engine, min(database.pool_min, database.pool_size))
            await _warm(cache, settings.cache.min_connections)
            await _warm(queue, settings.queue.min_connections)
        storage = open_storage(settings)
        yield Context(
            settings=settings,
            surroundings=Surroundings(
                settings, health, replica=health_of_replica, cache=cache, queue=queue, storage=storage
            ),
            replica=replica,
            draining=Draining(),
            sessions=Sessions(engine, limits=limits, is_testing=database.pool_pre_ping),
            cache=cache,
            queue=queue,
            storage=storage,
            public_ids=found.public_ids,
            key_ring=settings.key_ring,
            passwords=Passwords(),
            streams=OpenStreams(),
        )
    finally:
        await cache.aclose()
        await queue.aclose()
        await engine.dispose()
        await health.dispose()
        if replica is not None and health_of_replica is not None:
            await replica.sessions.engine.dispose()
            await health_of_replica.dispose()


async def _warm(client: redis.asyncio.Redis, connections: int) -> None:
    """What is not needed to serve does not keep a process from starting either."""
    try:
        await asyncio.wait_for(warm(client, connections), WAIT_SECONDS)
    except (OSError, TimeoutError, redis.exceptions.RedisError) as error:
        log.warning("not_reached_at_start", server=type(error).__name__)
