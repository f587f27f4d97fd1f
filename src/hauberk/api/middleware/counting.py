"""Counting for the rate limits: in the cache server for all processes, or in this one while the cache is away."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

import redis.asyncio
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError, RedisError

WITHOUT_CACHE_SECONDS = 5.0
ANSWER_SECONDS = 0.25

# A window that slides: what is left of the one before counts in proportion. One round trip counts and tells.
_COUNT = """
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local number = math.floor(now / window)
local left = (number + 1) * window - now
local kept = redis.call('HMGET', KEYS[1], 'number', 'current', 'before')
local current, before = 0, 0
if tonumber(kept[1]) == number then
    current, before = tonumber(kept[2]), tonumber(kept[3])
elseif tonumber(kept[1]) == number - 1 then
    before = tonumber(kept[2])
end
local counted = math.ceil(before * left / window) + current
if counted >= limit then
    return {0, 0, math.ceil(left / 1000)}
end
redis.call('HSET', KEYS[1], 'number', number, 'current', current + 1, 'before', before)
redis.call('PEXPIRE', KEYS[1], 2 * window)
return {1, limit - counted - 1, math.ceil(left / 1000)}
"""


Answer = tuple[int, int, int]
"""Whether it is allowed, how many are left, and when the window ends."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One limit that applies to a request: `key` is whose it is, and holds no secret."""

    name: str
    item: RateLimitItem
    key: str
    alone: RateLimitItem | None = None
    """What one process allows while it counts for itself; unset: the same."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed, how many are left, and in how many seconds the window ends."""

    allowance: Allowance
    is_allowed: bool
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        item = self.allowance.item
        return {
            "RateLimit-Limit": str(item.amount),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
            "RateLimit-Policy": f"{item.amount};w={item.get_expiry()}",
        }


class Counting:
    def __init__(self) -> None:
        self._memory = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._script: AsyncScript | None = None
        self._memory_until = 0.0

    async def hit(self, cache: redis.asyncio.Redis, allowances: Sequence[Allowance]) -> Verdict:
        """Counts for all of them, in one message; the verdict is the narrowest one's."""
        verdicts = await self._hit(cache, allowances)
        return min(verdicts, key=lambda each: (each.is_allowed, each.remaining))

    async def _hit(self, cache: redis.asyncio.Redis, allowances: Sequence[Allowance]) -> list[Verdict]:
        if time.monotonic() >= self._memory_until:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._for_all(cache, allowances)
            except (OSError, TimeoutError, RedisError):
                self._memory_until = time.monotonic() + WITHOUT_CACHE_SECONDS
        return [await self._alone(each) for each in allowances]

    async def _for_all(self, cache: redis.asyncio.Redis, allowances: Sequence[Allowance]) -> list[Verdict]:
        answers = await self._asked(cache, allowances)
        return [
            Verdict(allowance, bool(is_allowed), remaining, reset)
            for allowance, (is_allowed, remaining, reset) in zip(allowances, answers, strict=True)
        ]

    async def _asked(self, cache: redis.asyncio.Redis, allowances: Sequence[Allowance]) -> Sequence[Answer]:
        """In one message, where one server has all keys: a cluster's client is of another class, and asks several."""
        script = self._script = self._script or cache.register_script(_COUNT)
        asked = [([f"rate:{each.key}"], [each.item.amount, each.item.get_expiry()]) for each in allowances]
        if len(asked) > 1 and isinstance(cache, redis.asyncio.Redis):
            pipeline = cache.pipeline(transaction=False)
            for keys, arguments in asked:
                pipeline.evalsha(script.sha, 1, *keys, *arguments)
            # Without the script, as after a restart, nothing was counted: it is sent along then.
            with contextlib.suppress(NoScriptError):
                found: Sequence[Answer] = await pipeline.execute()
                return found
        answers: list[Answer] = await asyncio.gather(
            *(script(keys=keys, args=arguments) for keys, arguments in asked)
        )
        return answers

    async def _alone(self, allowance: Allowance) -> Verdict:
        item = allowance.alone or allowance.item
        is_allowed = await self._memory.hit(item, allowance.key)
        window = await self._memory.get_window_stats(item, allowance.key)
        return Verdict(
            allowance, is_allowed, window.remaining, max(0, round(window.reset_time - time.time()))
        )
