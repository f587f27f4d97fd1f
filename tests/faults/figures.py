"""What a run of fault tests adds up to, printed at its end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Figures:
    """Counted by the tests, in this process."""

    accepted: int = 0
    lost: int = 0
    doubled: int = 0
    faults: int = 0
    reads: int = 0
    turned_away: int = 0
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def recovered(self, what: str, seconds: float) -> None:
        self.recoveries.setdefault(what, []).append(seconds)

    def note(self, what: str) -> None:
        """A figure that is neither."""
        self.notes.append(what)

    def lines(self) -> Iterator[str]:
        if self.accepted or self.faults:
            yield f"uploads accepted {self.accepted}, lost {self.lost}, doubled {self.doubled}; faults {self.faults}"
        if self.reads:
            yield f"reads beside them {self.reads}, none of half an import; turned away {self.turned_away}"
        for what, seconds in sorted(self.recoveries.items()):
            ordered = sorted(seconds)
            yield (
                f"recovery from {what}: median {ordered[len(ordered) // 2]:.1f} s,"
                f" longest {ordered[-1]:.1f} s ({len(ordered)} times)"
            )
        yield from self.notes


FIGURES = Figures()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    lines = list(FIGURES.lines())
    if lines:
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.line(line)
