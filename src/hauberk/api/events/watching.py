"""One watcher for each organization that has streams open in this process, however many those are."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db import counts
from hauberk.db.driver import fetch
from hauberk.domain.permissions import Permission
from hauberk.features.identity import standing
from hauberk.features.identity.caller import SignedIn
from hauberk.features.identity.context import Context

LOOK_SECONDS = 2.0
ASKED_AGAIN_SECONDS = 60.0
"""After so long it is asked again whether a reader may still read."""
ASKED_AT_ONCE = 1_000
"""In one statement; others are asked about at the next look."""

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Reader:
    """One stream, and whether who opened it may read on."""

    caller: SignedIn
    asked_at: float = field(default_factory=time.monotonic)
    may_read: bool = True


class Watcher:
    """Knows the version of what one organization has, and who may still be told; streams wait for the next one."""

    def __init__(self, context: Context, organization_id: int) -> None:
        self._context = context
        self._organization_id = organization_id
        # An event for each version, never a condition: a reader who goes away is cancelled more than once, and would leave
        # the condition's lock as another reader does not expect it.
        self._changed = asyncio.Event()
        self.readers: set[Reader] = set()
        self.version = ""
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until draining begins, which all streams learn at once."""
        while not self._context.draining.has_begun:
            try:
                version = await self._look()
                await self._ask_again()  # before anybody is told: while it cannot be asked, nobody is
            except (SQLAlchemyError, OSError) as error:
                log.debug("events_not_looked_for", error=type(error).__name__)
            except Exception:  # whatever it is, those who read wait for the next look
                log.exception("events_not_looked_for")
            else:
                if version != self.version:
                    self.version = version
                    self._tell()
            await self._context.draining.pause(LOOK_SECONDS)
        self._tell()

    def _tell(self) -> None:
        told, self._changed = self._changed, asyncio.Event()
        told.set()

    async def after(self, version: str, seconds: float) -> str:
        """The next version, or the same one when there is none in that time."""
        if self.version == version and not self._context.draining.has_begun:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
        return self.version

    async def _look(self) -> str:
        async with self._context.sessions.transaction(self._organization_id) as session:
            return str(tuple(*await fetch(session, counts.VERSION, organization=self._organization_id)))

    async def _ask_again(self) -> None:
        """All whose time has come in one statement: each asking for itself, those who came together would ask together."""
        now = time.monotonic()
        due = [each for each in self.readers if now - each.asked_at >= ASKED_AGAIN_SECONDS]
        due = sorted(due, key=lambda each: each.asked_at)[:ASKED_AT_ONCE]
        if not due:
            return
        callers = [each.caller for each in due]
        async with self._context.sessions.transaction(self._organization_id) as session:
            found = await standing.each_may_still(session, callers, Permission.FINDINGS_READ)
        for reader, may_read in zip(due, found, strict=True):
            reader.asked_at, reader.may_read = now, may_read


class Watchers:
    """Of this process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._watchers: dict[int, Watcher] = {}

    @asynccontextmanager
    async def watching(self, caller: SignedIn) -> AsyncIterator[tuple[Watcher, Reader]]:
        """Of the caller's organization. It begins with the first reader and ends with the last."""
        organization_id = caller.actor.organization_id
        watcher = self._watchers.get(organization_id)
        if watcher is None:
            watcher = self._watchers[organization_id] = Watcher(self._context, organization_id)
            watcher.task = asyncio.create_task(watcher.run())
        reader = Reader(caller)
        watcher.readers.add(reader)
        try:
            yield watcher, reader
        finally:
            watcher.readers.remove(reader)
            if not watcher.readers and watcher.task is not None:
                del self._watchers[organization_id]
                watcher.task.cancel()
