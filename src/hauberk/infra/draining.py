"""Draining: the time between being told to stop and stopping, in which others learn to send their requests elsewhere."""

import asyncio
import time


class Draining:
    """Begins once and does not end: the process does."""

    def __init__(self) -> None:
        self._began = asyncio.Event()
        self.began_at: float | None = None

    @property
    def has_begun(self) -> bool:
        return self._began.is_set()

    def begin(self) -> None:
        if self.began_at is None:
            self.began_at = time.monotonic()
            self._began.set()

    async def pause(self, seconds: float) -> bool:
        """Sleeps, but no longer than until draining begins; whether it has. For streams, which end then."""
        try:
            async with asyncio.timeout(seconds):  # no task of its own: thousands of streams pause
                await self._began.wait()
        except TimeoutError:
            return False
        return True
