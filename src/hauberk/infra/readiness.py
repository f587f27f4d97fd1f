"""Readiness checks: a decorator beside the thing that is checked, what a check may look at, and how it answers."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import httpx2
import redis.asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from hauberk.infra.settings import Settings

Seen = TypeVar("Seen")


class Result(StrEnum):
    PASS = "PASS"  # noqa: S105 - a verdict
    WARN = "WARN"
    FAIL = "FAIL"
    SKIP = "SKIP"
    WAIVED = "WAIVED"


class Kind(StrEnum):
    """How an answer is known."""

    LIVE = "live"
    CONFIG = "config"
    RECORD = "record"
    ATTESTED = "attested"
    EXTRAPOLATED = "extrapolated"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check saw, and on anything but PASS the one thing to do about it."""

    result: Result
    kind: Kind
    evidence: str
    advice: str | None = None


def passed(evidence: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.PASS, kind, evidence)


def failed(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.FAIL, kind, evidence, advice)


def warned(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.WARN, kind, evidence, advice)


def skipped(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    """Not looked at, empty or vacuous: never a PASS."""
    return Answer(Result.SKIP, kind, evidence, advice)


@dataclass(frozen=True)
class Site:
    """A running installation seen from outside: `http` follows no redirects."""

    url: str
    http: httpx2.AsyncClient


@dataclass(frozen=True)
class Installation:
    """The installation seen from inside: its settings and its servers."""

    settings: Settings
    engine: AsyncEngine
    cache: redis.asyncio.Redis
    queue: redis.asyncio.Redis


@dataclass(frozen=True)
class Probe:
    """What a check may look at. `installation` is None for somebody else's site (`--url`)."""

    site: Site
    installation: Installation | None
    _looks: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)

    async def once(self, name: str, look: Callable[[], Coroutine[Any, Any, Seen]]) -> Seen:
        """What several checks want to see is looked at once; one that runs out of time does not end it for others."""
        if name not in self._looks:
            self._looks[name] = asyncio.ensure_future(look())
        seen: Seen = await asyncio.shield(self._looks[name])
        return seen

    @property
    def inside(self) -> Installation:
        assert self.installation is not None
        return self.installation


Check = Callable[[Probe], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    row: str
    timeout: float
    from_outside: bool
    run: Check


_CHECKS: dict[str, RegisteredCheck] = {}


def readiness(row: str, *, timeout: float = 5, from_outside: bool = False) -> Callable[[Check], Check]:
    """`@readiness("SEC-1")` on an async function of a `checks.py`: it gets the probe and answers for that row.

    It stops, kills and pages nothing and changes nobody's data. `from_outside`: needs only the site.
    """

    def register(check: Check) -> Check:
        known = _CHECKS.get(row)
        if known is not None and known.run is not check:
            raise ValueError(f"two readiness checks for {row}")
        _CHECKS[row] = RegisteredCheck(row, timeout, from_outside, check)
        return check

    return register


def registered() -> dict[str, RegisteredCheck]:
    return dict(_CHECKS)
