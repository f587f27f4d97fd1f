"""How a check answers: one of five results, how it is known, the evidence and the one thing to do about it."""

from dataclasses import dataclass
from enum import StrEnum


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
    """Seen to be so. What was only extrapolated is never more than a warning."""
    if kind is Kind.EXTRAPOLATED:
        return Answer(Result.WARN, kind, evidence, "Measure it where it has to hold.")
    return Answer(Result.PASS, kind, evidence)


def failed(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.FAIL, kind, evidence, advice)


def warned(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    return Answer(Result.WARN, kind, evidence, advice)


def skipped(evidence: str, advice: str, *, kind: Kind = Kind.LIVE) -> Answer:
    """Not looked at, empty or vacuous: never a PASS."""
    return Answer(Result.SKIP, kind, evidence, advice)
