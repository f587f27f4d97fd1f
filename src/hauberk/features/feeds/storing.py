"""Puts a feed's file in the place of what was loaded before: all of it or nothing, and only rows that are different.

The file is copied into a temporary table while it is read, so memory does not grow with it, and what it holds is
believed only when it is plausible beside what was there.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

from hauberk.features.feeds.feed import Entry, Feed, FeedRefused, Published
from hauberk.features.feeds.fetching import Fetched, Known
from hauberk.kit import clock

LEAST_SHARE: Final = 0.5
"""A feed grows from day to day; one that is suddenly half as long was cut off, by accident or on purpose."""
FUTURE: Final = timedelta(days=2)

_TRY: Final = text("""
insert into feed (name, source) values (:name, :source)
on conflict (name) do update set tried_at = now(), source = excluded.source
""")
_LOCKED: Final = text("select * from feed where name = :name for update")
_STAGE: Final = text("""
create temporary table feed_staged (name text, epss float8, epss_percentile float8, is_exploited bool, detail jsonb)
on commit drop
""")
_COPY: Final = "copy feed_staged from stdin"
_TWICE: Final = text("""
delete from feed_staged s using feed_staged o where o.name = s.name and o.ctid > s.ctid
""")
_GONE: Final = text("""
delete from feed_entry e where e.feed = :name and not exists (select from feed_staged s where s.name = e.name)
""")
_CHANGED: Final = text("""
update feed_entry e set epss = s.epss, epss_percentile = s.epss_percentile, is_exploited = s.is_exploited,
    detail = s.detail
from feed_staged s
where e.feed = :name and e.name = s.name
    and (e.epss, e.epss_percentile, e.is_exploited, e.detail)
        is distinct from (s.epss, s.epss_percentile, s.is_exploited, s.detail)
""")
_NEW: Final = text("""
insert into feed_entry (name, feed, epss, epss_percentile, is_exploited, detail)
select s.name, :name, s.epss, s.epss_percentile, s.is_exploited, s.detail from feed_staged s
where not exists (select from feed_entry e where e.name = s.name and e.feed = :name)
order by s.name
""")
_LOADED: Final = text("""
update feed set etag = :etag, last_modified = :last_modified, content_hash = :content_hash, row_count = :rows,
    version = version + (:changed > 0)::int, published_at = :published_at, synced_at = :heard_at,
    changed_at = case when :changed > 0 then now() else changed_at end, failure = null, failing_since = null
where name = :name
""")
_CONFIRMED: Final = text("""
update feed set synced_at = :heard_at, failure = null, failing_since = null, etag = :etag,
    last_modified = :last_modified, content_hash = :content_hash
where name = :name
""")
_FAILED: Final = text("""
update feed set failure = :reason, failing_since = coalesce(failing_since, now()) where name = :name
""")


def begin(connection: Connection, feed: Feed, source: str) -> Known:
    """Notes the attempt; answers what is loaded."""
    connection.execute(_TRY, {"name": feed.name, "source": source})
    row = connection.execute(_LOCKED, {"name": feed.name}).one()
    if row.row_count == 0:
        return Known()
    return Known(row.etag, row.last_modified, row.content_hash)


def load(
    connection: Connection, feed: Feed, published: Published, found: Fetched, *, accept_shrunk: bool
) -> int:
    """How many rows are different now. Raises `FeedRefused` with the reason why it is not believed."""
    row = connection.execute(_LOCKED, {"name": feed.name}).one()
    if published.at is not None and published.at > clock.now() + FUTURE:
        raise FeedRefused(
            f"It says that it was published on {published.at:%Y-%m-%d}, which is still to come."
        )
    if published.at is not None and row.published_at is not None and published.at < row.published_at:
        raise FeedRefused(
            f"It is of {published.at:%Y-%m-%d %H:%M}, older than what is loaded"
            f" ({row.published_at:%Y-%m-%d %H:%M}): the mirror is behind."
        )
    connection.execute(_STAGE)
    copied = _copy(connection, feed, published)
    connection.execute(text("analyze feed_staged"))
    rows = copied - connection.execute(_TWICE).rowcount
    if not rows:
        raise FeedRefused("It is empty. What was loaded before is kept.")
    if rows < row.row_count * LEAST_SHARE and not accept_shrunk:
        raise FeedRefused(
            f"It has {rows:,} entries, {row.row_count:,} are loaded: less than half are not believed."
            f" When that is right, say so: hauberk feed sync {feed.name} --accept-shrunk."
        )
    changed = sum(
        connection.execute(statement, {"name": feed.name}).rowcount for statement in (_GONE, _CHANGED, _NEW)
    )
    connection.execute(
        _LOADED,
        _values(found) | {"name": feed.name, "rows": rows, "changed": changed, "published_at": published.at},
    )
    return changed


def confirm(connection: Connection, feed: Feed, found: Fetched) -> None:
    """What is loaded is the newest that there is."""
    connection.execute(_CONFIRMED, _values(found) | {"name": feed.name})


def fail(connection: Connection, feed: Feed, reason: str) -> None:
    connection.execute(_FAILED, {"name": feed.name, "reason": reason[:1_000]})


def forget(connection: Connection, feed: Feed) -> bool:
    """Whether there was anything of a feed that is switched off."""
    gone = connection.execute(text("delete from feed_entry where feed = :name"), {"name": feed.name})
    connection.execute(text("delete from feed where name = :name"), {"name": feed.name})
    return gone.rowcount > 0


def _values(found: Fetched) -> dict[str, Any]:
    return {**asdict(found.known), "heard_at": found.heard_at}


def _copy(connection: Connection, feed: Feed, published: Published) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        number = 0
        for number, entry in enumerate(published.entries, start=1):
            if number > feed.most_entries:
                raise FeedRefused(f"It has more than {feed.most_entries:,} entries.")
            copy.write_row(tuple(_row(entry)))
    return number


def _row(entry: Entry) -> Iterator[Any]:
    yield from (entry.name, entry.epss, entry.epss_percentile, entry.is_exploited)
    yield None if entry.detail is None else json.dumps(entry.detail)
