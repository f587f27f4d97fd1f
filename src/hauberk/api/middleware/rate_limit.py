"""Rate limits: how often one address, token or browser session may ask, counted in the cache server for all processes.

When the cache is down each process counts for itself, so the limits are looser then, and never absent.
"""

import asyncio
import hashlib
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api.middleware.request import header
from hauberk.api.middleware.transfers import Transfers
from hauberk.api.problems import problem
from hauberk.infra import telemetry
from hauberk.infra.settings import Settings

BROWSER = "600/minute"
WITHOUT_CACHE_SECONDS = 5.0
ANSWER_SECONDS = 0.25
_SIGN_IN = frozenset(f"/api/v1/auth/{each}" for each in ("login", "link", "signup", "invitation", "password"))
_LIMITED = ("/api/", "/metrics")


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
        self.shared: SlidingWindowCounterRateLimiter | None = None
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
        telemetry.RATE_LIMITED.labels(allowance.name).inc()
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

    def _shared(self, scope: Scope) -> SlidingWindowCounterRateLimiter:
        """On the process's own connections to the cache, which exist only once it has started."""
        if self.shared is None:
            pool = scope["app"].state.context.cache.connection_pool
            storage = RedisStorage(
                "redis://", implementation="redispy", key_prefix="rate", connection_pool=pool
            )
            self.shared = SlidingWindowCounterRateLimiter(storage)
        return self.shared

    async def _hit(self, scope: Scope, allowance: Allowance) -> tuple[bool, int, int]:
        """Whether it is allowed, how many are left, and in how many seconds the window ends."""
        if time.monotonic() >= self.memory_until:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await _count(self._shared(scope), allowance)
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
