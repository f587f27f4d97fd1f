"""What one process holds for all its requests: opened by the application's lifespan or by a command, then passed down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import redis.asyncio

from hauberk.db import installation
from hauberk.db.session import Pool, Sessions, TimeLimits, async_engine, open_connections
from hauberk.features.identity.passwords import Passwords
from hauberk.infra.crypto import KeyRing
from hauberk.infra.redis import cache_client, queue_client
from hauberk.infra.settings import Settings
from hauberk.infra.storage import Storage, open_storage
from hauberk.kit.errors import Conflict
from hauberk.kit.ids import PublicIds


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    sessions: Sessions
    cache: redis.asyncio.Redis
    queue: redis.asyncio.Redis
    storage: Storage
    public_ids: PublicIds
    key_ring: KeyRing
    passwords: Passwords


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
    cache, queue = cache_client(settings), queue_client(settings)
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(installation.read)
        if found.environment != settings.environment.value:
            raise Conflict(
                f"This database belongs to environment '{found.environment}', HAUBERK_ENVIRONMENT says"
                f" '{settings.environment.value}'. Point HAUBERK_DATABASE_URL at the right database.",
                code="wrong_environment",
            )
        await open_connections(engine, min(database.pool_min, database.pool_size) if is_server else 0)
        limits = TimeLimits(statement=f"{round(database.statement_timeout * 1000)}ms")
        yield Context(
            settings=settings,
            sessions=Sessions(engine, limits=limits, is_testing=database.pool_pre_ping),
            cache=cache,
            queue=queue,
            storage=open_storage(settings),
            public_ids=found.public_ids,
            key_ring=settings.key_ring,
            passwords=Passwords(),
        )
    finally:
        await cache.aclose()
        await queue.aclose()
        await engine.dispose()
