"""What the loss of a feed does: a publisher of the drill's own gives what is loaded already, is taken away, and comes back."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, Row, select
from sqlalchemy.dialects.postgresql import insert

from hauberk.api.drills.gate import gate
from hauberk.api.drills.node import node
from hauberk.api.drills.outages import outcome, without
from hauberk.db.models.feed import Feed as FeedRow
from hauberk.db.models.feed import FeedEntry
from hauberk.db.session import Pool, sync_engine, transaction
from hauberk.features.feeds import storing
from hauberk.features.feeds.jobs import sync_now
from hauberk.features.feeds.sources.kev import KEV
from hauberk.features.feeds.syncing import INSTALLATION
from hauberk.infra.readiness import Outcome, Probe, drill
from hauberk.infra.settings.sections import Feeds
from hauberk.jobs import discovery

NOBODY: Final = "CVE-1999-0000"
"""Given to no flaw: what is published where nothing is loaded yet."""


_PUT_BACK: Final = tuple(
    column.name for column in FeedRow.__table__.columns if column.name not in ("name", "version")
)


@dataclass(frozen=True)
class _Loaded:
    """The catalogue as it was before the drill."""

    row: Row[Any] | None
    entries: dict[str, dict[str, Any]]

    def published(self) -> bytes:
        """As its publisher gives it."""
        known = self.entries or {NOBODY: {"added_on": "1999-01-01"}}
        released = None if self.row is None else self.row.published_at
        return json.dumps(
            {
                "dateReleased": released.isoformat() if released else None,
                "vulnerabilities": [
                    {
                        "cveID": name,
                        "dateAdded": detail["added_on"],
                        "dueDate": detail.get("due_on"),
                        "knownRansomwareCampaignUse": "Known"
                        if detail.get("is_in_ransomware")
                        else "Unknown",
                    }
                    for name, detail in known.items()
                ],
            }
        ).encode()


@drill(
    "feed-down", breaks="lets the catalogue of known exploited vulnerabilities fail for a moment", timeout=240
)
async def feed_down(probe: Probe) -> Outcome:
    """Readiness says that it is lost and serves on; what was loaded stays; the next attempt mends it."""
    discovery.load()
    engine = sync_engine(
        probe.inside.settings.database.url,
        pool=Pool(size=1, max_overflow=1),
        application_name="hauberk-drill",
    )
    before = await asyncio.to_thread(_read, engine)
    failures: list[str | None] = []
    try:
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(_publishing(before.published()))
            publisher = await stack.enter_async_context(
                gate(lambda: asyncio.open_connection("127.0.0.1", port))
            )
            sources = f"kev=http://127.0.0.1:{publisher.port}/kev.json"
            settings = probe.inside.settings.model_copy(update={"feeds": Feeds(sources=(sources,))})
            extra = await stack.enter_async_context(node(probe, HAUBERK_FEEDS_SOURCES=sources))

            async def sync() -> None:
                synced = await asyncio.to_thread(sync_now, engine, settings, KEV)
                failures.append(synced.failure)

            await sync()
            seen = await without(extra, publisher, "feed:kev", sync)
            after = await asyncio.to_thread(_read, engine)
    finally:
        await asyncio.to_thread(_put_back, engine, before)
        engine.dispose()
    wrong = {what: code for what, code in seen.answers.items() if code not in (200, 202)}
    if [failure is not None for failure in failures] != [False, True, False]:
        return Outcome(has_passed=False, evidence=f"Attempts ended with {failures}.")
    if before.entries and set(after.entries) != set(before.entries):
        return Outcome(has_passed=False, evidence="Entries that were loaded before are gone.")
    return outcome("the feed kev", "200, degraded", seen, wrong)


def _read(engine: Engine) -> _Loaded:
    with transaction(engine, INSTALLATION) as connection:
        row = connection.execute(select(FeedRow.__table__).where(FeedRow.name == KEV.name)).one_or_none()
        entries = connection.execute(
            select(FeedEntry.name, FeedEntry.detail).where(FeedEntry.feed == KEV.name)
        )
        return _Loaded(row, {entry.name: entry.detail for entry in entries})


def _put_back(engine: Engine, before: _Loaded) -> None:
    """As if nothing had been: the drill's publisher is nobody to have heard from."""
    with transaction(engine, INSTALLATION) as connection:
        if before.row is None or not before.entries:
            storing.forget(connection, KEV)
        if before.row is not None:
            values = {column: getattr(before.row, column) for column in _PUT_BACK}
            put_back = insert(FeedRow).values(values | {"name": KEV.name})
            connection.execute(put_back.on_conflict_do_update(index_elements=["name"], set_=values))


@asynccontextmanager
async def _publishing(content: bytes) -> AsyncIterator[int]:
    """The port of a server that gives this to everybody."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
