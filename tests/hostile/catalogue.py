"""The catalogue: hostile reports by their number, each made by code, each with the end that it must come to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Content = bytes | Iterable[bytes]
Size = Callable[[int, int], int]
"""`size(full, small)`: the first where everything is provoked, the second where it must be quick."""


@dataclass(frozen=True)
class Ended:
    """What an upload came to."""

    answered: int
    code: str | None
    message: str
    scan: dict[str, Any]
    findings: Sequence[dict[str, Any]]
    cpu_seconds: float
    peak_mib: float

    @property
    def state(self) -> str:
        return self.scan["state"] if self.scan else "refused"

    @property
    def problems(self) -> list[dict[str, str]]:
        return self.scan["problems"]


Check = Callable[[Ended], object]


@dataclass(frozen=True)
class Try:
    """One upload of a case. `codes`: it is refused, at once or by its scan, with one of these; none: it is done."""

    content: Content
    codes: tuple[str, ...] = ()
    findings: int | None = None
    check: Check | None = None
    name: str | bytes = "report"
    fields: dict[str, str] = field(default_factory=dict)
    cpu_seconds: float = 10.0
    says: str = ""
    """What the message must hold."""
    state: str = "done"
    """Of its scan, where it is not refused."""


@dataclass(frozen=True)
class Case:
    number: str
    says: str
    tries: Callable[[Size], Iterator[Try]]


CASES: dict[str, Case] = {}
Group = Literal["X", "J", "C", "Z", "V"]
COUNTS = {"X": 20, "J": 20, "C": 10, "Z": 9, "V": 13, "B": 6}
ALL = [f"{group}{number}" for group, count in COUNTS.items() for number in range(1, count + 1)]


def case(
    number: str, says: str
) -> Callable[[Callable[[Size], Iterator[Try]]], Callable[[Size], Iterator[Try]]]:
    def declare(tries: Callable[[Size], Iterator[Try]]) -> Callable[[Size], Iterator[Try]]:
        assert number not in CASES
        CASES[number] = Case(number, says, tries)
        return tries

    return declare
