"""How feeds stand: how old, how large, and whether one is lost, so that what findings say of it is out of date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.models.feed import Feed as FeedRow
from hauberk.features.feeds.feed import Feed, feeds
from hauberk.features.feeds.source import Source, SourceKind, source_of
from hauberk.infra.settings import Settings
from hauberk.kit import clock


@dataclass(frozen=True, slots=True)
class Standing:
    """`loss` says why it is lost, in words that name no address; None while it is not, or was never to be had."""

    feed: Feed
    source: Source
    row: Row[Any] | None
    age: timedelta | None
    """Since its publisher was last heard; since the first attempt where that never was."""
    loss: str | None

    def of(self, column: str) -> Any:
        """What is on record; None where it was never tried."""
        return None if self.row is None else getattr(self.row, column)


async def standings(session: AsyncSession, settings: Settings) -> list[Standing]:
    """Of all feeds, by name."""
    rows = {row.name: row for row in await session.execute(select(FeedRow.__table__))}
    return of_rows(rows, settings, clock.now())


def of_rows(rows: Mapping[str, Row[Any]], settings: Settings, now: datetime) -> list[Standing]:
    found = []
    for name, feed in feeds().items():
        source, row = source_of(settings, feed), rows.get(name)
        if row is None or source.kind is SourceKind.OFF:
            found.append(Standing(feed, source, None, None, None))
            continue
        age = now - (row.synced_at or row.first_tried_at)
        found.append(Standing(feed, source, row, age, _loss(row, feed, settings, now, age)))
    return found


def _loss(row: Row[Any], feed: Feed, settings: Settings, now: datetime, age: timedelta) -> str | None:
    """One that was never loaded is lost only once it had its time: nothing relies on it yet."""
    limit = timedelta(hours=settings.feeds.max_age_hours)
    if row.synced_at is None:
        return f"was never loaded, for {_told(age)}" if age > limit else None
    if row.failure is not None:
        return f"cannot be renewed since {row.failing_since:%Y-%m-%d %H:%M} UTC"
    if age > limit:
        return f"was not renewed for {_told(age)}"
    if row.published_at is not None and now - row.published_at > max(feed.silence, limit):
        return f"was published {_told(now - row.published_at)} ago: a mirror stands still"
    return None


def _told(age: timedelta) -> str:
    hours = round(age.total_seconds() / 3600)
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
