"""The moment at which the running request is given up: what waits on its behalf waits no longer than that."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ANSWER_SECONDS = 0.5
"""What a refusal needs to be told before the request's own time limit comes."""

_ends_at: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    marker = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(marker)


def has_deadline() -> bool:
    """Whether this is done for a request that somebody waits for."""
    return _ends_at.get() is not None


def patience(seconds: float) -> float:
    """How long to wait of so many seconds: what is left of the request, where there is one with a limit."""
    ends_at = _ends_at.get()
    if ends_at is None:
        return seconds
    return max(0.001, min(seconds, ends_at - time.monotonic() - ANSWER_SECONDS))
