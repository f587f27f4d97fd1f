"""One watcher for each organization that has streams open in this process, however many those are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db import counts
from hauberk.db.driver import fetch
from hauberk.features.identity.context import Context

LOOK_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Watcher:
    """Knows the version of what one organization has; streams wait for the next one."""

    def __init__(self, context: Context, organization_id: int) -> None:
        self._context = context
        self._organization_id = organization_id
        # An event for each version, never a condition: a reader who goes away is cancelled more than once, and would leave
        # the condition's lock as another reader does not expect it.
        self._changed = asyncio.Event()
        self.readers = 0
        self.version = ""
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until draining begins, which all streams learn at once."""
        while not self._context.draining.has_begun:
            try:
                version = await self._look()
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


class Watchers:
    """Of this process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._watchers: dict[int, Watcher] = {}

    @asynccontextmanager
    async def watching(self, organization_id: int) -> AsyncIterator[Watcher]:
        """It begins with the first reader and ends with the last."""
        watcher = self._watchers.get(organization_id)
        if watcher is None:
            watcher = self._watchers[organization_id] = Watcher(self._context, organization_id)
            watcher.task = asyncio.create_task(watcher.run())
        watcher.readers += 1
        try:
            yield watcher
        finally:
            watcher.readers -= 1
            if not watcher.readers and watcher.task is not None:
                del self._watchers[organization_id]
                watcher.task.cancel()
