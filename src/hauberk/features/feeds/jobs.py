"""Feeds are looked at every hour, fetched once a day, and applied as soon as they say something new."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, select

from hauberk.db.models.feed import Feed as Standing
from hauberk.db.session import transaction
from hauberk.features.feeds import applying, storing, syncing
from hauberk.features.feeds.feed import Feed, feeds
from hauberk.features.feeds.source import SourceKind, source_of
from hauberk.features.feeds.syncing import INSTALLATION, Synced
from hauberk.infra.settings import Settings
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun
from hauberk.jobs.schedule import start_now
from hauberk.kit import clock

RENEWED: Final = timedelta(hours=20)
"""Less than a day, so that the hour does not wander; one that fails is tried again every hour."""


@job(queue=Queue.MAINTENANCE, every="43 5 * * *", max_attempts=5)
def apply(run: JobRun, names: list[str] | None = None) -> dict[str, Any]:
    """Of one organization. Started when a feed changed; once a day it mends what was missed."""
    if names is not None:
        return applying.apply_names(run, names)
    while True:
        before = _versions(run.engine)
        result = applying.apply_all(run)
        if _versions(run.engine) == before:
            return result


@job(queue=Queue.MAINTENANCE, every="23 * * * *", for_installation=True, time_limit=1800)
def sync(run: JobRun) -> dict[str, Any]:
    """Every feed that is due; one that fails keeps none of the others from being tried."""
    results: dict[str, Any] = {}
    for name, feed in feeds().items():
        run.check()
        source = source_of(run.settings, feed)
        if source.kind is SourceKind.OFF:
            _forget(run.engine, feed)
        elif source.is_fetched and _is_due(run.engine, feed, source.kind):
            synced = sync_now(run.engine, run.settings, feed)
            results[name] = {"changed": synced.changed, "failure": synced.failure}
    return results


def sync_now(
    engine: Engine,
    settings: Settings,
    feed: Feed,
    *,
    file: Path | None = None,
    accept_shrunk: bool = False,
) -> Synced:
    """One feed, and where it says something new every organization's findings."""
    tell = partial(start_now, job=apply)
    return syncing.sync(engine, settings, feed, tell, file=file, accept_shrunk=accept_shrunk)


def _is_due(engine: Engine, feed: Feed, kind: SourceKind) -> bool:
    """A file is looked at every time: that costs nobody anything."""
    with transaction(engine, INSTALLATION) as connection:
        row = connection.execute(select(Standing).where(Standing.name == feed.name)).one_or_none()
    if row is None or row.synced_at is None or row.failure is not None or kind is SourceKind.FILE:
        return True
    return bool(row.synced_at < clock.now() - RENEWED)


def _forget(engine: Engine, feed: Feed) -> None:
    with transaction(engine, INSTALLATION) as connection:
        if storing.forget(connection, feed):
            start_now(connection, apply)


def _versions(engine: Engine) -> dict[str, int]:
    with transaction(engine, INSTALLATION) as connection:
        rows = connection.execute(select(Standing.name, Standing.version))
        return {row.name: row.version for row in rows}
