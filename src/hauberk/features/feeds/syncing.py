"""One feed, from its source into the database: fetched, read, believed or not, and every organization told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection, Engine

from hauberk.db.session import transaction
from hauberk.features.feeds import storing
from hauberk.features.feeds.feed import Feed, feeds
from hauberk.features.feeds.fetching import Fetched, fetched, unpacked
from hauberk.features.feeds.source import Source, SourceKind, source_of
from hauberk.infra.settings import Settings
from hauberk.kit.errors import Conflict, NotFound, Refusal

INSTALLATION: Final = 0
Tell = Callable[[Connection], object]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of an attempt: `failure` is why what was loaded before was kept, `changed` how many rows differ."""

    name: str
    changed: int = 0
    is_unchanged: bool = False
    failure: str | None = None


def find(name: str) -> Feed:
    found = feeds().get(name)
    if found is None:
        raise NotFound("feed", f"{name} (there are: {', '.join(feeds())})")
    return found


def sync(
    engine: Engine,
    settings: Settings,
    feed: Feed,
    tell: Tell,
    *,
    file: Path | None = None,
    accept_shrunk: bool = False,
) -> Synced:
    """From `file`, else from where the settings say; `tell` is called in the transaction that changed something.

    Raises only what cannot even be tried: a failure is noted, and what was loaded before stays.
    """
    source = Source(SourceKind.FILE, str(file)) if file else source_of(settings, feed)
    if not source.is_fetched:
        raise Conflict(
            f"The feed {feed.name} is set to '{source.kind}': give it a file with --file, or set HAUBERK_FEEDS_SOURCES.",
            code="feed_not_fetched",
        )
    with transaction(engine, INSTALLATION) as connection:
        known = storing.begin(connection, feed, source.place)
    try:
        with fetched(settings, feed, source, known) as found:
            if found.file is None:
                return _confirmed(engine, feed, found)
            with unpacked(feed, found.file) as content, transaction(engine, INSTALLATION) as connection:
                changed = storing.load(
                    connection, feed, feed.read(content), found, accept_shrunk=accept_shrunk
                )
                if changed:
                    tell(connection)
    except Refusal as refusal:
        with transaction(engine, INSTALLATION) as connection:
            storing.fail(connection, feed, refusal.message)
        _log.warning("feed_failed", feed=feed.name, reason=refusal.message)
        return Synced(feed.name, failure=refusal.message)
    _log.info("feed_loaded", feed=feed.name, changed=changed)
    return Synced(feed.name, changed=changed)


def _confirmed(engine: Engine, feed: Feed, found: Fetched) -> Synced:
    with transaction(engine, INSTALLATION) as connection:
        storing.confirm(connection, feed, found)
    return Synced(feed.name, is_unchanged=True)
