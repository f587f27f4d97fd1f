"""When a call is tried again: pauses that grow and scatter, and a budget, so that retries never multiply an outage."""

import random

BASE_SECONDS = 0.2
MAX_SECONDS = 2.0
RETRIED = frozenset({429, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})

_EARNED = 0.2
_MOST = 10.0


class RetryBudget:
    """One retry for every five calls, and a few saved up: where everything fails, hardly anything is repeated."""

    def __init__(self) -> None:
        self._left = _MOST / 2

    def earn(self) -> None:
        self._left = min(_MOST, self._left + _EARNED)

    def spend(self) -> bool:
        if self._left < 1:
            return False
        self._left -= 1
        return True


def pause(attempt: int, retry_after: str | None = None) -> float:
    """Seconds before the next attempt: what the other side asks for, else at random up to a bound that doubles."""
    if retry_after is not None and retry_after.isdecimal() and len(retry_after) <= 6:
        return float(retry_after)
    return random.uniform(0, min(MAX_SECONDS, BASE_SECONDS * 2**attempt))  # noqa: S311 - spreads the retries
