"""Health of feeds: without one the product serves on, and findings keep what it said last."""

import asyncio
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from hauberk.db.session import Sessions, TimeLimits
from hauberk.features.feeds.feed import Feed, feeds
from hauberk.features.feeds.standing import Standing, standings
from hauberk.infra.health import Look, Surroundings, health
from hauberk.kit.errors import Unavailable

SECONDS = 1.5
LIMITS = TimeLimits(statement="1s", lock="1s", idle_in_transaction="5s")


def _look_at(feed: Feed) -> Look:
    async def look(around: Surroundings) -> str | None:
        standing = await _standing(around, feed)
        if standing is None or standing.row is None:
            return None
        if standing.loss is not None:
            raise Unavailable(f"{standing.loss}; findings keep what it said last")
        return f"{standing.of('row_count'):,} entries"

    return look


async def _standing(around: Surroundings, feed: Feed) -> Standing | None:
    """A database that does not answer is a loss of its own, not of its feeds."""
    with suppress(SQLAlchemyError, OSError, TimeoutError):
        async with asyncio.timeout(SECONDS), Sessions(around.engine, limits=LIMITS).make() as session:
            return next(each for each in await standings(session, around.settings) if each.feed == feed)
    return None


for _name, _feed in feeds().items():
    health(f"feed:{_name}")(_look_at(_feed))
