"""Circuit breakers: what fails again and again is left alone for a while, by every process of the installation.

The state is shared through the cache server and kept here as well, so that it also works without one. It is shared by
reading and writing whole, without a lock: two failures at the same moment may count as one, which costs one call more.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Final

import redis.asyncio
import redis.exceptions
import structlog

from hauberk.infra.http.errors import CircuitOpen

THRESHOLD: Final = 5
OPEN_SECONDS: Final = 30.0
MAX_OPEN_SECONDS: Final = 300.0
TRIAL_SECONDS: Final = 15.0
KEPT_SECONDS: Final = 7 * 86_400
WITHOUT_CACHE_SECONDS: Final = 10.0
KEY: Final = "hauberk:circuits"
UNTOLD: Final = "readiness "
"""Circuits that are tripped to see whether they do: no news for the logs."""

_log = structlog.get_logger(__name__)


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """One address of one destination. Times are seconds since 1970, so that all machines mean the same."""

    failures: int = 0
    """In a row."""
    opened: int = 0
    """How often it opened since the last success."""
    open_until: float = 0.0
    trial_until: float = 0.0
    trips: int = 0
    last_trip_at: float = 0.0
    last_failure: str = ""
    changed_at: float = 0.0

    def state(self, now: float) -> CircuitState:
        if not self.open_until:
            return CircuitState.CLOSED
        return CircuitState.OPEN if now < self.open_until else CircuitState.HALF_OPEN

    def entered(self, now: float) -> "Circuit":
        """As it is once a call is on its way: open lets none through, half open one at a time."""
        match self.state(now):
            case CircuitState.CLOSED:
                return self
            case CircuitState.OPEN:
                raise _open(self.open_until - now)
            case CircuitState.HALF_OPEN:
                if now < self.trial_until:
                    raise _open(self.trial_until - now)
                return replace(self, trial_until=now + TRIAL_SECONDS, changed_at=now)

    def failed(self, now: float, why: str) -> "Circuit":
        if self.state(now) is CircuitState.OPEN:
            return self  # a call that began before it opened
        failures = self.failures + 1
        if self.state(now) is CircuitState.CLOSED and failures < THRESHOLD:
            return replace(self, failures=failures, last_failure=why, changed_at=now)
        return replace(
            self,
            failures=failures,
            opened=self.opened + 1,
            open_until=now + min(MAX_OPEN_SECONDS, OPEN_SECONDS * 2 ** min(self.opened, 10)),
            trial_until=0.0,
            trips=self.trips + 1,
            last_trip_at=now,
            last_failure=why,
            changed_at=now,
        )

    def succeeded(self, now: float) -> "Circuit":
        if not self.failures and not self.open_until:
            return self
        return replace(self, failures=0, opened=0, open_until=0.0, trial_until=0.0, changed_at=now)


def _open(seconds: float) -> CircuitOpen:
    return CircuitOpen(
        "This service failed again and again just now and is left alone for a while.",
        retry_after=max(1, round(seconds)),
    )


class Breakers:
    """All circuits, by `name origin`."""

    def __init__(
        self, cache: redis.asyncio.Redis | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._known: dict[str, Circuit] = {}
        self._without_cache_until = 0.0

    async def enter(self, key: str) -> None:
        """Before a call; raises `CircuitOpen`."""
        found = await self._read(key)
        await self._write(key, found, found.entered(self._clock()))

    async def leave(self, key: str, failure: str | None) -> None:
        """After it, with what went wrong."""
        found, now = await self._read(key), self._clock()
        after = found.succeeded(now) if failure is None else found.failed(now, failure)
        if after.trips != found.trips and not key.startswith(UNTOLD):
            _log.warning(
                "circuit_opened", circuit=key, failure=failure, seconds=round(after.open_until - now)
            )
        await self._write(key, found, after)

    async def all(self) -> dict[str, Circuit]:
        """Every circuit that ever failed within the last week, for people to look at."""
        shared: dict[str, Circuit] = {}
        if (cache := self._reachable) is not None:
            try:
                shared = {str(key): _read(text) for key, text in (await cache.hgetall(KEY)).items()}
            except redis.exceptions.RedisError:
                self._lose_cache()
        return {key: _newer(shared.get(key), self._known.get(key)) for key in sorted({*shared, *self._known})}

    @property
    def _reachable(self) -> redis.asyncio.Redis | None:
        return self._cache if time.monotonic() >= self._without_cache_until else None

    def _lose_cache(self) -> None:
        self._without_cache_until = time.monotonic() + WITHOUT_CACHE_SECONDS

    async def _read(self, key: str) -> Circuit:
        shared = None
        if (cache := self._reachable) is not None:
            try:
                text = await cache.hget(KEY, key)
            except redis.exceptions.RedisError:
                self._lose_cache()
            else:
                shared = _read(text) if text else None
        return _newer(shared, self._known.get(key))

    async def _write(self, key: str, before: Circuit, after: Circuit) -> None:
        if after == before:
            return
        is_forgotten = not after.failures and self._clock() - after.last_trip_at > KEPT_SECONDS
        if is_forgotten:
            self._known.pop(key, None)
        else:
            self._known[key] = after
        if (cache := self._reachable) is None:
            return
        try:
            if is_forgotten:
                await cache.hdel(KEY, key)
            else:
                await cache.hset(KEY, key, json.dumps(asdict(after)))
                await cache.expire(KEY, KEPT_SECONDS)
        except redis.exceptions.RedisError:
            self._lose_cache()


def _newer(one: Circuit | None, other: Circuit | None) -> Circuit:
    known = [each for each in (one, other) if each is not None]
    return max(known, key=lambda each: each.changed_at, default=Circuit())


def _read(text: str | bytes) -> Circuit:
    try:
        return Circuit(**json.loads(text))
    except (TypeError, ValueError):
        return Circuit()  # of another version of this product
