"""What a run of fault tests adds up to, printed at its end."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Figures:
    """What a run of fault tests adds up to; printed at its end."""

    accepted: int = 0
    lost: int = 0
    doubled: int = 0
    faults: int = 0
    recoveries: dict[str, list[float]] = field(default_factory=dict)

    def recovered(self, what: str, seconds: float) -> None:
        self.recoveries.setdefault(what, []).append(seconds)

    def lines(self) -> Iterator[str]:
        yield f"uploads accepted {self.accepted}, lost {self.lost}, doubled {self.doubled}; faults {self.faults}"
        for what, seconds in sorted(self.recoveries.items()):
            ordered = sorted(seconds)
            yield (
                f"recovery from {what}: median {ordered[len(ordered) // 2]:.1f} s,"
                f" longest {ordered[-1]:.1f} s ({len(ordered)} times)"
            )


FIGURES = Figures()
