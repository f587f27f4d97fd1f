"""The newest log records of all processes on all machines, kept in the cache's server for people and checks to look at.

Best effort and bounded: what the server does not take at once is dropped, and stands in stdout all the same.
"""

import contextlib
import os
import threading
from collections import deque
from typing import Any, ClassVar, Final

import redis
from redis.exceptions import RedisClusterException, RedisError

from hauberk.infra.metrics.folder import role
from hauberk.infra.redis import sync_cache_client
from hauberk.infra.settings import Settings

KEY: Final = "hauberk:log"
KEPT: Final = 2_000
KEPT_SECONDS: Final = 7 * 24 * 3600
WAITING: Final = 1_000
EVERY_SECONDS: Final = 0.5
PAUSE_SECONDS: Final = 10.0


class RecentLog:
    """One for a process; it writes in a thread of its own, so that nobody who logs waits."""

    _made: ClassVar[dict[tuple[int, str], "RecentLog"]] = {}

    def __init__(self, settings: Settings) -> None:
        self._client: redis.Redis = sync_cache_client(settings)
        self._waiting: deque[str] = deque(maxlen=WAITING)
        self._filled = threading.Event()
        self._role = role()
        threading.Thread(target=self._write_all, name="recent-log", daemon=True).start()

    @classmethod
    def of(cls, settings: Settings) -> "RecentLog | None":
        """The process's own; commands and processes without a cache have none."""
        if not settings.cache.url or not settings.log.recent:
            return None
        own = (os.getpid(), settings.cache.url)
        if own not in cls._made:
            cls._made[own] = cls(settings)
        return cls._made[own]

    def take(self, line: str) -> None:
        self._waiting.append(line)
        self._filled.set()

    def _write_all(self) -> None:
        pause = threading.Event()
        while True:
            self._filled.wait()
            pause.wait(EVERY_SECONDS)
            self._filled.clear()
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            try:
                self._write(lines)
            except (RedisError, RedisClusterException, OSError):
                pause.wait(PAUSE_SECONDS)

    def _write(self, lines: list[str]) -> None:
        with contextlib.closing(self._client.pipeline(transaction=False)) as pipe:
            for line in lines:
                fields: dict[Any, Any] = {"role": self._role, "line": line}
                pipe.xadd(KEY, fields, maxlen=KEPT, approximate=True)
            pipe.expire(KEY, KEPT_SECONDS)
            pipe.execute()
