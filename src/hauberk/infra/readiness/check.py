"""@readiness: declares the check of one row of the checklist, beside the thing that it looks at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hauberk.infra.readiness.answer import Answer
from hauberk.infra.readiness.probe import Probe

Check = Callable[[Probe], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    row: str
    timeout: float
    from_outside: bool
    run: Check


_CHECKS: dict[str, RegisteredCheck] = {}


def readiness(row: str, *, timeout: float = 15, from_outside: bool = False) -> Callable[[Check], Check]:
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
