"""Rate limits: how often one address, token, user or browser session may ask, each class of route by its own.

While the cache is away each process counts for itself, so the limits are looser then and never absent; those of signing in
are divided among the processes, and stay what they are.
"""

import hashlib
import time
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api import counting
from hauberk.api.middleware.counting import Allowance, Counting, Verdict
from hauberk.api.middleware.operations import Operations
from hauberk.api.middleware.request import header
from hauberk.api.problems import problem
from hauberk.features.identity.access import cookie_name
from hauberk.features.readiness import probe_key
from hauberk.infra.crypto import KeyRing
from hauberk.infra.security_headers import REPORTS_PATH
from hauberk.infra.settings import Settings
from hauberk.kit.network import network_of

BROWSER = "600/minute"
REPORTS = "60/minute"
REMEMBERED_SECONDS = 300.0
MOST_REMEMBERED = 10_000
_AUTH = "/api/v1/auth/"
_SIGN_IN = frozenset(_AUTH + each for each in ("login", "link", "signup", "invitation", "password", "token"))
_LIMITED = ("/api/", "/metrics", "/.well-known/")


@dataclass(slots=True)
class Remembered:
    """What this process learnt of credentials from its own answers: whose one is, or nobody's. Forgets the oldest."""

    _kept: dict[str, tuple[str | None, float]] = field(default_factory=dict)

    def learn(self, digest: str, owner: str | None) -> None:
        self._kept.pop(digest, None)
        if len(self._kept) >= MOST_REMEMBERED:
            del self._kept[next(iter(self._kept))]
        self._kept[digest] = (owner, time.monotonic() + REMEMBERED_SECONDS)

    def of(self, digest: str) -> tuple[bool, str | None]:
        """Whether it is remembered, and whose it is."""
        owner, until = self._kept.get(digest, (None, 0.0))
        return until > time.monotonic(), owner


class RateLimitMiddleware:
    """The narrowest limit that applies decides and is told in the `RateLimit-*` headers. Files and health are exempt."""

    def __init__(self, app: ASGIApp, *, settings: Settings, operations: Operations) -> None:
        self.app = app
        self.operations = operations
        self.key_ring: KeyRing = settings.key_ring
        rates = settings.rate_limit
        self.default = parse(rates.default)
        self.browser = parse(rates.browser) if rates.browser else max(parse(BROWSER), self.default, key=_pace)
        self.user = max(parse(rates.user), self.default, key=_pace)
        self.uploads = parse(rates.uploads)
        self.sign_in = parse(rates.sign_in)
        self.sign_in_alone = _divided(self.sign_in, settings.api_processes)
        self.reports = parse(REPORTS)
        self.counting = Counting()
        self.remembered = Remembered()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_LIMITED):
            await self.app(scope, receive, send)
            return
        digest = _credential(scope)
        cache = scope["app"].state.context.cache
        verdict = await self.counting.hit(cache, self._allowances(scope, digest))
        if not verdict.is_allowed:
            await _refuse(verdict, scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(verdict.headers)
                self._learn(scope, digest, message["status"])
            await send(message)

        await self.app(scope, receive, answer)

    def _allowances(self, scope: Scope, digest: str | None) -> list[Allowance]:
        address = network_of(scope["state"]["address"])
        path = scope["path"]
        if path == REPORTS_PATH:
            return [Allowance("reports", self.reports, f"reports:{address}")]
        if path.startswith(probe_key.PATH) and probe_key.is_right(
            self.key_ring, given := header(scope, probe_key.HEADER.lower().encode())
        ):
            # A count of its own, so that looking whether limits hold uses up nobody's.
            return [Allowance("probe", self.default, f"probe:{probe_key.digest(given)}:{address}")]
        found = self._of_caller(digest, address)
        if path in _SIGN_IN and scope["method"] == "POST":
            found.append(Allowance("sign_in", self.sign_in, f"sign-in:{address}", self.sign_in_alone))
        elif self.operations.transfer(scope) == "upload":
            found.append(Allowance("upload", self.uploads, f"upload:{digest or address}"))
        return found

    def _of_caller(self, digest: str | None, address: str) -> list[Allowance]:
        """Credentials that nobody has proved count together, or who invents some would have a count for each of them.

        Those that were refused before have a count beside the new ones': a program whose token ended keeps nobody out.
        """
        if digest is None:
            return [Allowance("address", self.default, f"address:{address}")]
        is_browser = digest.startswith("session:")
        own = Allowance(
            "browser" if is_browser else "token", self.browser if is_browser else self.default, digest
        )
        is_remembered, owner = self.remembered.of(digest)
        if not is_remembered:
            return [own, Allowance("unknown", self.default, f"unknown:{address}")]
        if owner is None:
            return [own, Allowance("unknown", self.default, f"refused:{address}")]
        return [own] if is_browser else [own, Allowance("user", self.user, owner)]

    def _learn(self, scope: Scope, digest: str | None, status: int) -> None:
        if digest is None:
            return
        actor = scope["state"].get("actor")
        if actor is not None:
            who = f"service:{actor.service_account_id}" if actor.user_id is None else actor.user_id
            self.remembered.learn(digest, f"user:{actor.organization_id}:{who}")
        elif status == 401:
            self.remembered.learn(digest, None)


def _credential(scope: Scope) -> str | None:
    """The hash of the token or, without one, of the session's cookie: names it and does not give it away.

    Read as signing in reads it: one credential has one count, however it is spelled and whatever stands beside it.
    """
    request = Request(scope)
    if authorization := request.headers.get("authorization"):
        scheme, _, token = authorization.partition(" ")
        return f"token:{_digest(f'{scheme.lower()} {token.strip()}')}"
    cookie = request.cookies.get(cookie_name(scope["app"].state.context))
    return f"session:{_digest(cookie)}" if cookie else None


async def _refuse(verdict: Verdict, scope: Scope, receive: Receive, send: Send) -> None:
    counting.RATE_LIMITED.labels(verdict.allowance.name).inc()
    item = verdict.allowance.item
    refused = problem(
        429,
        f"The limit is {item.amount} in {item.get_expiry()} seconds.",
        path=scope["path"],
        code="rate_limited",
        headers={"Retry-After": str(max(1, verdict.reset)), **verdict.headers},
    )
    await refused(scope, receive, send)


def _pace(item: RateLimitItem) -> float:
    return item.amount / item.get_expiry()


def _divided(item: RateLimitItem, processes: int) -> RateLimitItem:
    return type(item)(max(1, item.amount // processes), item.multiples, item.namespace)


def _digest(secret: str) -> str:
    return hashlib.blake2b(secret.encode("utf-8", "replace"), digest_size=16).hexdigest()
