"""How often and how long one may ask."""

import asyncio
import time
from dataclasses import dataclass

import httpx2
from limits import parse
from redis.exceptions import RedisError

from hauberk.api.checks.requests import FAULT, key
from hauberk.api.middleware.counting import WITHOUT_CACHE_SECONDS
from hauberk.features.readiness import probe_key
from hauberk.infra.readiness import Answer, Kind, Probe, RecordKind, failed, passed, readiness, warned
from hauberk.infra.readiness.in_force import agreed, running
from hauberk.infra.readiness.record import flaw
from hauberk.infra.settings.sections import RateLimit
from hauberk.kit.network import network_of

ROUTE = f"{probe_key.PATH}/where"
MOST_TRIED = 500
AT_ONCE = 5
NO_LIMIT = 6_000
"""Requests of a minute, from where on a limit keeps nobody from anything."""
SLOW_UPLOAD = "slow-upload"
STATEMENT_SECONDS = 25
REQUEST_SECONDS = 30
_BROWSER = "600/minute"


@readiness("SEC-5", timeout=60)
async def rate_limits(probe: Probe) -> Answer:
    """A burst with two forged addresses at a route that has a count of its own, so that nobody's is used up."""
    burst = await _first(probe)
    if not burst.limit:
        return failed("No RateLimit headers.", FAULT)
    serving = await running(probe, "api", "HAUBERK_RATE_LIMIT")
    in_force = [each.settings.rate_limit for each in serving] or [probe.inside.settings.rate_limit]
    if lax := next(filter(None, (_lax(rates, burst.policy) for rates in in_force)), None):
        return agreed(lax, serving)
    if burst.limit > MOST_TRIED:
        return warned(
            f"The limit is {burst.limit}: too many to try.", "Set HAUBERK_RATE_LIMIT_DEFAULT to 100/minute."
        )
    answers = await _sent(probe, burst)
    if await _was_lost_sight_of(probe, burst, answers):
        # Of a busy cache server that answered too late once, the process is back in a moment.
        await asyncio.sleep(WITHOUT_CACHE_SECONDS)
        burst = await _first(probe)
        answers = await _sent(probe, burst)
    limit, first = burst.limit, burst.first
    if answers[-1].status_code != 429:
        return failed(f"{len(answers)} requests were all answered, {limit} are allowed.", await _why(probe))
    if not await _counted(probe, burst, [first]):
        return failed("The burst was not counted in the cache server.", await _why(probe))
    exempt = [await probe.site.http.get(path) for path in ("/", "/health/live")]
    if "retry-after" not in answers[-1].headers or any("ratelimit-limit" in each.headers for each in exempt):
        return failed("The refusal has no Retry-After, or files and health are limited too.", FAULT)
    answered = [each for each in answers if each.status_code != 429]
    processes = {each.json()["process"] for each in (first, *answered)}
    seen = (
        f"Refused after {len(answered)} of {limit} a window, with Retry-After; {len(processes)} process(es) and two forged"
        f" X-Forwarded-For shared one counter in the cache server; files and health are exempt. {_classes(probe)}"
    )
    if any(_pace(rates.uploads) >= _pace(rates.default) for rates in in_force):
        lax = warned(f"{seen} Uploads are no stricter than the rest.", "Lower HAUBERK_RATE_LIMIT_UPLOADS.")
    return agreed(lax or passed(seen), serving)


def _lax(rates: RateLimit, policy: str) -> Answer | None:
    """What is allowed so often that it is as good as not limited: as the site says it, and as the settings do."""
    amount = policy.partition(";")[0]
    paces = {
        "default": float(amount) * 60 / _seconds(policy) if amount else _pace(rates.default),
        "browser": _pace(rates.browser or _BROWSER),
        "user": _pace(rates.user),
        "uploads": _pace(rates.uploads),
        "sign_in": _pace(rates.sign_in),
    }
    if loose := {name: pace for name, pace in paces.items() if pace > NO_LIMIT}:
        told = ", ".join(f"{name} {pace:,.0f}" for name, pace in loose.items())
        return failed(
            f"As good as no limit, in requests of a minute: {told}.",
            f"Lower HAUBERK_RATE_LIMIT_{next(iter(loose)).upper()}; see .env.example.",
        )
    if paces["sign_in"] >= paces["default"]:
        return failed(
            f"Signing in may be tried {paces['sign_in']:,.0f} times a minute, anything else {paces['default']:,.0f} times.",
            "Lower HAUBERK_RATE_LIMIT_SIGN_IN to 10/minute.",
            kind=Kind.CONFIG,
        )
    return None


def _pace(rate: str) -> float:
    """Of a minute."""
    item = parse(rate)
    return item.amount * 60 / item.get_expiry()


def _seconds(policy: str) -> float:
    """How long its window is."""
    return float(policy.partition(";w=")[2] or 60)


@dataclass(frozen=True)
class _Burst:
    """What a burst begins with: its own key, and what its first request was told."""

    headers: dict[str, str]
    first: httpx2.Response

    @property
    def limit(self) -> int:
        return int(self.first.headers.get("ratelimit-limit", 0))

    @property
    def policy(self) -> str:
        found: str = self.first.headers.get("ratelimit-policy", "")
        return found


async def _first(probe: Probe) -> _Burst:
    """Each on a connection of its own, so that all processes answer."""
    headers = {**key(probe), "Connection": "close"}
    return _Burst(headers, await probe.site.http.get(ROUTE, headers=headers))


async def _sent(probe: Probe, burst: _Burst) -> list[httpx2.Response]:
    """A few more than are allowed, some at once, until one is refused; its answer is the last.

    The window slides: while a slow burst lasts, it gives back what that time is worth.
    """

    async def ask(number: int) -> httpx2.Response:
        forged = {**burst.headers, "X-Forwarded-For": f"192.0.2.{number % 2 + 1}"}
        return await probe.site.http.get(ROUTE, headers=forged)

    answers: list[httpx2.Response] = []
    began, window = time.monotonic(), _seconds(burst.policy)
    while len(answers) <= burst.limit * (1 + (time.monotonic() - began) / window) + AT_ONCE:
        asked = await asyncio.gather(*(ask(len(answers) + each) for each in range(AT_ONCE)))
        answers += sorted(asked, key=lambda each: each.status_code == 429)
        if answers[-1].status_code == 429:
            break
    return answers


async def _was_lost_sight_of(probe: Probe, burst: _Burst, answers: list[httpx2.Response]) -> bool:
    """Whether the cache server is there, and yet was told of fewer requests than were answered."""
    if answers[-1].status_code == 429 and await _counted(probe, burst, [burst.first]):
        return False
    counted = await _counted(probe, burst, [burst.first, *answers])
    return counted is not None and counted < len(answers)


async def _counted(probe: Probe, burst: _Burst, answers: list[httpx2.Response]) -> int | None:
    """Requests of the burst in the cache server, from where these came from; None where it cannot be asked."""
    digest = probe_key.digest(burst.headers[probe_key.HEADER])
    addresses = {each.json()["address"] for each in answers if each.status_code == 200}
    try:
        kept = [
            await probe.inside.cache.hmget(f"rate:probe:{digest}:{network_of(each)}", "current", "before")
            for each in addresses
        ]
    except RedisError:
        return None
    return sum(int(n or 0) for counts in kept for n in counts)


def _classes(probe: Probe) -> str:
    rates = probe.inside.settings.rate_limit
    return (
        f"Address and token {rates.default}, browser session {rates.browser or _BROWSER}, uploads {rates.uploads},"
        f" sign-in {rates.sign_in}."
    )


async def _why(probe: Probe) -> str:
    try:
        await probe.inside.cache.ping()
    except RedisError:
        return "The cache server cannot be reached, so each process counts for itself: start it."
    return (
        "All processes need the same cache server; HAUBERK_HTTP_TRUSTED_PROXIES names your own proxies only, and each of"
        " them overwrites X-Forwarded-For ('hauberk render')."
    )


@readiness("PERF-10", timeout=40)
async def slow_requests_end(probe: Probe) -> Answer:
    """Half a minute of doing nothing, for which only the command line has the time; and a slow upload on record."""
    settings = probe.inside.settings
    if settings.database.statement_timeout >= settings.http.request_seconds:
        return failed(
            f"A statement may take {settings.database.statement_timeout:g} s, a request"
            f" {settings.http.request_seconds:g} s.",
            f"Set HAUBERK_DATABASE_STATEMENT_TIMEOUT to {STATEMENT_SECONDS}.",
        )
    try:
        answer = await probe.site.http.get(f"{probe_key.PATH}/slow", headers=key(probe), timeout=36)
    except httpx2.TimeoutException:
        return failed("A request that never ends was not cut in 36 s.", FAULT)
    seconds = answer.elapsed.total_seconds()
    if answer.status_code != 504 or not REQUEST_SECONDS - 1 <= seconds <= REQUEST_SECONDS + 2:
        return failed(
            f"It ended with {answer.status_code} after {seconds:.1f} s.",
            "Compare HAUBERK_HTTP_REQUEST_SECONDS and the limits of the proxy: 30 s.",
        )
    seen = f"A slow request was cut with 504 after {seconds:.1f} s"
    record = await probe.records.newest(RecordKind.DRILL, SLOW_UPLOAD)
    if (why := flaw(record)) or record is None:
        return warned(f"{seen}. A slow upload: {why}.", f"Run 'hauberk drill {SLOW_UPLOAD}'.")
    if not record.has_passed:
        return failed(f"{seen}. A slow upload failed: {record.evidence}", "Compare the limits of the proxy.")
    return passed(f"{seen}. {record.evidence}")
