"""What a query means: a tree of terms and words that knows nothing of columns."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Union

from hauberk.domain.finding import FindingKind, Presence, Triage
from hauberk.domain.severity import Severity


class Comparison(StrEnum):
    IS = ":"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or an instant: from `start` up to before `end`."""

    start: datetime
    end: datetime


Value = str | int | float | bool | timedelta | Span | Severity | Triage | Presence | FindingKind


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase to find in titles, rules and identifiers; `position` counts characters from 1."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Term:
    """`key:value,value` (any of them) or `key>=value`."""

    key: str
    comparison: Comparison
    values: tuple[Value, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Node"


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Node", ...]


Node = Union[Word, Term, Not, AllOf, AnyOf]  # noqa: UP007 — names itself


def leaves(node: Node | None) -> Iterator[Word | Term]:
    """Every word and term of a query, wherever it stands."""
    match node:
        case Word() | Term():
            yield node
        case Not(inner):
            yield from leaves(inner)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """What must hold all together: the parts of an outermost `and`."""
    if node is None:
        return ()
    return node.parts if isinstance(node, AllOf) else (node,)


def without(node: Node | None, key: str) -> Node | None:
    """The query less its own outermost terms of `key`: what a facet of that key is counted over."""
    kept = tuple(
        part
        for part in conjuncts(node)
        if not (isinstance(part, Term) and part.key == key and part.comparison is Comparison.IS)
    )
    if len(kept) > 1:
        return AllOf(kept)
    return kept[0] if kept else None


def ranks_of(term: Term) -> list[int]:
    """The severity ranks that a `severity` term lets through, ascending."""
    if term.comparison is Comparison.IS:
        return sorted({Severity(str(value)).rank for value in term.values})
    limit = Severity(str(term.values[0])).rank
    return [rank for rank in range(len(Severity)) if _HOLDS[term.comparison](rank, limit)]


_HOLDS: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}
