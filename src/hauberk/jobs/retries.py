"""How what failed is tried again: the pauses of each policy are declared where they are made, and readiness looks at all.

@retried("notices", attempts=10, most_seconds=4_320)
def pause(attempt: int) -> float: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Pause = TypeVar("Pause", bound=Callable[..., float])


@dataclass(frozen=True, slots=True)
class Retries:
    """`pause` is in seconds, by the number of attempts that failed; after `attempts` it is given up and kept."""

    of: str
    pause: Callable[[int], float]
    attempts: int
    most_seconds: float


_DECLARED: dict[str, Retries] = {}


def retried(of: str, *, attempts: int, most_seconds: float) -> Callable[[Pause], Pause]:
    def declare(pause: Pause) -> Pause:
        _DECLARED[of] = Retries(of, pause, attempts, most_seconds)
        return pause

    return declare


def all_retries() -> list[Retries]:
    """In the order of their names."""
    return [each for _, each in sorted(_DECLARED.items())]
