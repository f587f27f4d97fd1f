"""The log as it can be seen from here: the newest records of all processes, and the files of this home."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from redis.exceptions import RedisError

from hauberk.infra.readiness import Probe
from hauberk.infra.telemetry import recent

MAX_LINES: Final = 10_000


class Logs:
    """Lines with the place where they stand."""

    def __init__(self, probe: Probe) -> None:
        self._cache = probe.inside.cache
        self._folder = probe.inside.settings.home / "logs"

    async def all(self) -> list[tuple[str, str]]:
        """What both hold, as (place, line)."""
        files = await asyncio.to_thread(self.files)
        return [*(("recent log", line) for _, line in await self.recent()), *files]

    async def recent(self, at_most: int = recent.KEPT) -> list[tuple[str, str]]:
        """Newest first, as (role, line)."""
        try:
            found: Any = await self._cache.xrevrange(recent.KEY, count=at_most)
        except (RedisError, OSError):
            return []
        return [(fields["role"], fields["line"]) for _, fields in found]

    def files(self, at_most: int = MAX_LINES) -> list[tuple[str, str]]:
        """The last lines of each, as (place, line)."""
        lines: list[tuple[str, str]] = []
        for path in sorted(self._folder.glob("*.log")) if self._folder.is_dir() else []:
            with path.open(encoding="utf-8", errors="replace") as log:
                last = deque(enumerate(log, start=1), maxlen=at_most)
            lines += [(f"{path.name}:{number}", line) for number, line in last]
        return lines

    async def wait_for(self, fits: Callable[[str], bool], seconds: float) -> str | None:
        """The first line that fits, when it arrives in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            lines = [line for _, line in await self.recent(300)] + [line for _, line in self.files(300)]
            if (line := next((each for each in lines if fits(each)), None)) is not None:
                return line
            await asyncio.sleep(0.2)
        return None
