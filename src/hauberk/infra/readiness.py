"""Readiness checks: a decorator beside the thing that is checked, and the answer that each one gives with its evidence."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


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
    observed_at: datetime | None = None

    def at(self, moment: datetime) -> "Answer":
        return self if self.observed_at else replace(self, observed_at=moment)


def passed(evidence: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.PASS, kind, evidence)


def failed(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.FAIL, kind, evidence, advice)


def warned(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.WARN, kind, evidence, advice)


def skipped(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    """Not looked at, empty or vacuous: never a PASS."""
    return Answer(Result.SKIP, kind, evidence, advice)


Check = Callable[[Any], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    row: str
    timeout: float
    run: Check


_CHECKS: dict[str, RegisteredCheck] = {}


def readiness(row: str, *, timeout: float = 5) -> Callable[[Check], Check]:
    """`@readiness("SEC-1")` on an async function in a `checks.py`; it gets the probe and answers for that row."""

    def register(check: Check) -> Check:
        if row in _CHECKS and _CHECKS[row].run is not check:
            raise ValueError(f"two readiness checks for {row}")
        _CHECKS[row] = RegisteredCheck(row, timeout, check)
        return check

    return register


def registered() -> dict[str, RegisteredCheck]:
    return dict(_CHECKS)
