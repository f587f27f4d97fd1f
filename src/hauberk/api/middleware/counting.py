"""Counting for the rate limits: in the cache server for all processes, or in this one while the cache is away."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import redis.asyncio
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

WITHOUT_CACHE_SECONDS = 5.0
ANSWER_SECONDS = 0.25

# A window that slides: what is left of the one before counts in proportion. One round trip counts for all keys and tells.
_COUNT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function count(key, limit, window)
    local number = math.floor(now / window)
    local left = (number + 1) * window - now
    local kept = redis.call('HMGET', key, 'number', 'current', 'before')
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
    redis.call('HSET', key, 'number', number, 'current', current + 1, 'before', before)
    redis.call('PEXPIRE', key, 2 * window)
    return {1, limit - counted - 1, math.ceil(left / 1000)}
end
local found = {}
for n, key in ipairs(KEYS) do
    found[n] = count(key, tonumber(ARGV[2 * n - 1]), tonumber(ARGV[2 * n]) * 1000)
end
return found
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
        if isinstance(cache, redis.asyncio.Redis):
            return await _count(script, allowances)
        found = await asyncio.gather(*(_count(script, [each]) for each in allowances))
        return [answer for [answer] in found]

    async def _alone(self, allowance: Allowance) -> Verdict:
        item = allowance.alone or allowance.item
        is_allowed = await self._memory.hit(item, allowance.key)
        window = await self._memory.get_window_stats(item, allowance.key)
        return Verdict(
            allowance, is_allowed, window.remaining, max(0, round(window.reset_time - time.time()))
        )


async def _count(script: AsyncScript, allowances: Sequence[Allowance]) -> Sequence[Answer]:
    arguments = [number for each in allowances for number in (each.item.amount, each.item.get_expiry())]
    found: Sequence[Answer] = await script(keys=[f"rate:{each.key}" for each in allowances], args=arguments)
    return found
