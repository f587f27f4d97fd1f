"""Health of the servers behind the product: database, storage, replica, and Valkey in its two roles."""

import asyncio

from sqlalchemy import text

from hauberk.infra.health import Surroundings, health
from hauberk.kit.errors import StorageFull

_NO_FILE = "2000/01/01/" + "0" * 32


@health("database", needed=True)
async def database(around: Surroundings) -> str:
    async with around.engine.connect() as connection:
        await connection.execute(text("select 1"))
    return "answers"


@health("storage", needed=True)
async def storage(around: Surroundings) -> str:
    free = await asyncio.to_thread(around.storage.free_bytes)
    if free is not None and free < around.settings.storage.min_free:
        raise StorageFull("nearly full")
    await around.storage.exists(_NO_FILE)
    return "answers" if free is None else f"answers, {free // 1024**2:,} MiB free"


@health("replica")
async def replica(around: Surroundings) -> str | None:
    if around.replica is None:
        return None
    async with around.replica.connect() as connection:
        behind = await connection.scalar(text("select now() - pg_last_xact_replay_timestamp()"))
    return "answers" if behind is None else f"answers, last change {behind.total_seconds():.0f} s ago"


@health("cache")
async def cache(around: Surroundings) -> str:
    await around.cache.ping()
    return "answers"


@health("queue")
async def queue(around: Surroundings) -> str:
    await around.queue.ping()
    return "answers"
