"""Health of the servers behind the product: database, storage, replica, Valkey in its two roles, and mail."""

import asyncio

from sqlalchemy import text

from hauberk.infra import mail as mails
from hauberk.infra.health import Surroundings, health
from hauberk.infra.http.breaker import Breakers
from hauberk.kit.errors import StorageFull, Unavailable

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


@health("mail")
async def mail(around: Surroundings) -> str | None:
    """As the last attempt to send something found it: a mail server is not to be called by every look at health."""
    if not mails.is_configured(around.settings):
        return None
    server = around.settings.mail
    circuit = (await Breakers(around.cache).all()).get(f"{mails.SMTP.name} {server.host}:{server.port}")
    if circuit is not None and circuit.failures:
        raise Unavailable("what is to be sent waits, and is tried again")
    return "answered when last asked"
