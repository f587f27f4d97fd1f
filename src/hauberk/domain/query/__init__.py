"""The query language: one filter for the filter bar, the API, saved views, bulk acts, exports, rules and gates."""

from hauberk.domain.query.keys import speaks_of_now
from hauberk.domain.query.nodes import (
    AllOf,
    AnyOf,
    Comparison,
    Node,
    Not,
    Span,
    Term,
    Word,
    conjuncts,
    leaves,
    ranks_of,
    without,
)
from hauberk.domain.query.parser import parse
from hauberk.domain.query.tokens import wrong

__all__ = [
    "AllOf",
    "AnyOf",
    "Comparison",
    "Node",
    "Not",
    "Span",
    "Term",
    "Word",
    "conjuncts",
    "leaves",
    "parse",
    "ranks_of",
    "speaks_of_now",
    "without",
    "wrong",
]
