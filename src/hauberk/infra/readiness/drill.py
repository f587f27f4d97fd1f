"""@drill: what can only be proved by breaking something, tried on purpose and kept as a signed record.

    @drill("restart", breaks="ends one API process")
    async def restart(probe: Probe) -> Outcome: ...

It belongs into a `drills.py` (or a package `drills`) beside the thing that it breaks. `hauberk drill restart` runs it
and keeps what came of it; in production only with `--i-mean-it`. It mends what it broke, also when it fails.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hauberk.infra.readiness.probe import Probe
from hauberk.infra.readiness.record import MAX_AGE


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a drill ended. The figures are for machines: names to numbers or words."""

    has_passed: bool
    evidence: str
    figures: Mapping[str, Any] = field(default_factory=dict)


Run = Callable[[Probe], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Drill:
    """`breaks` says to whoever starts it what will happen."""

    name: str
    breaks: str
    run: Run
    timeout: float
    max_age: timedelta


_drills: dict[str, Drill] = {}


def drill(
    name: str, *, breaks: str, timeout: float = 600, max_age: timedelta = MAX_AGE
) -> Callable[[Run], Run]:
    """Declares it. `timeout` in seconds; `max_age` is how long its record proves something."""

    def declare(function: Run) -> Run:
        if name in _drills and _drills[name].run is not function:
            raise ValueError(f"two drills are called {name}")
        _drills[name] = Drill(name, breaks, function, timeout, max_age)
        return function

    return declare


def drills() -> dict[str, Drill]:
    return dict(_drills)
