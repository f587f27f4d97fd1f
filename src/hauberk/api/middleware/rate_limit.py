"""Rate limits: how often one address, token or browser session may ask, counted in the cache server for all processes.

When the cache is down each process counts for itself, so the limits are looser then, and never absent.
"""

import asyncio
import hashlib
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api import counting
from hauberk.api.middleware.request import header
from hauberk.api.middleware.transfers import Transfers
from hauberk.api.problems import problem
from hauberk.infra.settings import Settings

BROWSER = "600/minute"
WITHOUT_CACHE_SECONDS = 5.0
ANSWER_SECONDS = 0.25
_SIGN_IN = frozenset(f"/api/v1/auth/{each}" for each in ("login", "link", "signup", "invitation", "password"))
_LIMITED = ("/api/", "/metrics")

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
local counted = math.floor(before * left / window) + current
if counted >= limit then
    return {0, 0, math.ceil(left / 1000)}
end
redis.call('HSET', KEYS[1], 'number', number, 'current', current + 1, 'before', before)
redis.call('PEXPIRE', KEYS[1], 2 * window)
return {1, limit - counted - 1, math.ceil(left / 1000)}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One limit that applies to a request: `key` is whose it is, and holds no secret."""

    name: str
    item: RateLimitItem
    key: str


class RateLimitMiddleware:
    """The narrowest limit that applies decides and is told in the `RateLimit-*` headers. Files and health are exempt."""

    def __init__(self, app: ASGIApp, *, settings: Settings, transfers: Transfers) -> None:
        self.app = app
        self.transfers = transfers
        self.cookies = ("__Host-hauberk=", "hauberk=")
        self.default = parse(settings.rate_limit.default)
        self.browser = max(parse(BROWSER), self.default, key=lambda item: item.amount / item.get_expiry())
        self.uploads = parse(settings.rate_limit.uploads)
        self.sign_in = parse(settings.rate_limit.sign_in)
        self.memory = SlidingWindowCounterRateLimiter(MemoryStorage())
        self.shared: AsyncScript | None = None
        self.memory_until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_LIMITED):
            await self.app(scope, receive, send)
            return
        narrowest: tuple[RateLimitItem, int, int] | None = None
        for allowance in self._allowances(scope):
            allowed, remaining, reset = await self._hit(scope, allowance)
            if narrowest is None or remaining < narrowest[1]:
                narrowest = (allowance.item, remaining, reset)
            if not allowed:
                await self._refuse(allowance, reset, scope, receive, send)
                return
        assert narrowest is not None
        await self.app(scope, receive, self._answering(scope, receive, send, _told(*narrowest)))

    def _answering(self, scope: Scope, receive: Receive, send: Send, told: dict[str, str]) -> Send:
        """Adds the headers. An invented token has a fresh limit, so each one counts for its address: 429 in the end."""
        is_replaced = False

        async def answer(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(told)
                if message["status"] == 401 and self._has_credentials(scope):
                    guess = Allowance("guess", self.default, f"guess:{scope['state']['address']}")
                    allowed, _, reset = await self._hit(scope, guess)
                    is_replaced = not allowed
                if is_replaced:
                    await self._refuse(guess, reset, scope, receive, send)
            if not is_replaced:
                await send(message)

        return answer

    async def _refuse(
        self, allowance: Allowance, reset: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        counting.RATE_LIMITED.labels(allowance.name).inc()
        refused = problem(
            429,
            f"The limit is {allowance.item.amount} in {allowance.item.get_expiry()} seconds.",
            path=scope["path"],
            code="rate_limited",
            headers={"Retry-After": str(max(1, reset)), **_told(allowance.item, 0, reset)},
        )
        await refused(scope, receive, send)

    def _allowances(self, scope: Scope) -> list[Allowance]:
        address = scope["state"]["address"]
        token = header(scope, b"authorization")
        cookie = header(scope, b"cookie")
        if token:
            caller = Allowance("token", self.default, f"token:{_digest(token)}")
        elif session := self._session(cookie):
            caller = Allowance("browser", self.browser, f"session:{_digest(session)}")
        else:
            caller = Allowance("address", self.default, f"address:{address}")
        found = [caller]
        if scope["path"] in _SIGN_IN and scope["method"] == "POST":
            found.append(Allowance("sign_in", self.sign_in, f"sign-in:{address}"))
        elif self.transfers.kind_of(scope) == "upload":
            found.append(Allowance("upload", self.uploads, f"upload:{caller.key}"))
        return found

    def _session(self, cookie: str) -> str | None:
        for part in cookie.split(";"):
            if part.strip().startswith(self.cookies):
                return part.partition("=")[2]
        return None

    async def _count_for_all(self, scope: Scope, allowance: Allowance) -> tuple[bool, int, int]:
        """On the process's own connections to the cache, which exist only once it has started."""
        if self.shared is None:
            self.shared = scope["app"].state.context.cache.register_script(_COUNT)
        item = allowance.item
        allowed, remaining, reset = await self.shared(
            keys=[f"rate:{allowance.key}"], args=[item.amount, item.get_expiry()]
        )
        return bool(allowed), remaining, reset

    async def _hit(self, scope: Scope, allowance: Allowance) -> tuple[bool, int, int]:
        """Whether it is allowed, how many are left, and in how many seconds the window ends."""
        if time.monotonic() >= self.memory_until:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._count_for_all(scope, allowance)
            except (OSError, TimeoutError, RedisError):
                self.memory_until = time.monotonic() + WITHOUT_CACHE_SECONDS
        return await _count(self.memory, allowance)

    def _has_credentials(self, scope: Scope) -> bool:
        return bool(header(scope, b"authorization") or self._session(header(scope, b"cookie")))


async def _count(limiter: SlidingWindowCounterRateLimiter, allowance: Allowance) -> tuple[bool, int, int]:
    allowed = await limiter.hit(allowance.item, allowance.key)
    window = await limiter.get_window_stats(allowance.item, allowance.key)
    return allowed, window.remaining, max(0, round(window.reset_time - time.time()))


def _told(item: RateLimitItem, remaining: int, reset: int) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(item.amount),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(reset),
    }


def _digest(secret: str) -> str:
    return hashlib.blake2b(secret.encode("utf-8", "replace"), digest_size=16).hexdigest()
