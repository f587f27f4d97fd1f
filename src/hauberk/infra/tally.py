"""The tally: how many requests of the last minutes failed and how long they took, for the built-in alert rules.

Each serving process keeps its own, minute by minute, and tells it with its presence; the evaluator adds them up.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

BOUNDS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds; a last bucket has what took longer."""
MINUTES: Final = 10
EVERYBODY: Final = "everybody"
PROBE: Final = "probe"
"""Failures made on purpose, by the drill that tries whether an alert arrives: the same rule, told as a test."""
_PROBES: Final = "/api/v1/readiness/probe/"
_DRILL: Final = f"{_PROBES}failure"
_UNCOUNTED: Final = ("/health", "/metrics", _PROBES)


@dataclass(frozen=True, slots=True)
class Requests:
    """What was counted of some minutes."""

    count: int = 0
    failed: int = 0
    buckets: tuple[int, ...] = field(default=(0,) * (len(BOUNDS) + 1))

    def __add__(self, other: "Requests") -> "Requests":
        buckets = tuple(a + b for a, b in zip(self.buckets, other.buckets, strict=True))
        return Requests(self.count + other.count, self.failed + other.failed, buckets)

    @property
    def error_rate(self) -> float:
        return self.failed / self.count if self.count else 0.0

    def quantile(self, share: float) -> float:
        """Seconds that this share of the timed requests stayed under, read from the buckets."""
        wanted, seen = share * sum(self.buckets), 0
        for place, count in enumerate(self.buckets):
            if count and seen + count >= wanted:
                if place == len(BOUNDS):
                    return BOUNDS[-1]
                lower = BOUNDS[place - 1] if place else 0.0
                return lower + (BOUNDS[place] - lower) * (wanted - seen) / count
            seen += count
        return 0.0


class Tally:
    """`note` costs a few additions; memory is a dozen minutes."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._minutes: dict[int, dict[str, list[int]]] = {}

    def note(self, route: str, code: int, seconds: float, *, is_timed: bool = True) -> None:
        """Uploads and streams take as long as they take: they are not timed."""
        if route == _DRILL:
            who = PROBE
        elif route.startswith(_UNCOUNTED):
            return
        else:
            who = EVERYBODY
        minute = int(self._clock() // 60)
        if minute not in self._minutes:
            self._minutes = {at: of for at, of in self._minutes.items() if at > minute - MINUTES}
        counts = self._minutes.setdefault(minute, {}).setdefault(who, [0] * (len(BOUNDS) + 3))
        counts[0] += 1
        counts[1] += code >= 500
        if is_timed:
            counts[2 + bisect_left(BOUNDS, seconds)] += 1

    def told(self) -> dict[str, dict[str, list[int]]]:
        """As JSON wants it."""
        return {
            str(minute): {who: list(counts) for who, counts in of.items()}
            for minute, of in self._minutes.items()
        }


def add_up(tallies: Iterable[Mapping[str, Any]], who: str, since: float) -> Requests:
    """Of all processes, the minutes that begin later than `since` (seconds since 1970)."""
    total = Requests()
    for told in tallies:
        for minute, of in told.items():
            if int(minute) * 60 > since and who in of:
                count, failed, *buckets = of[who]
                total += Requests(count, failed, tuple(buckets))
    return total


TALLY: Final = Tally()
"""Of this process."""
