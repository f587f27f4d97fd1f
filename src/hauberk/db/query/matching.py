"""How a typed value is compared with text: exactly, or as a pattern in which `*` stands for anything. And with numbers."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, any_, bindparam, cast, false, func, or_
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

_ESCAPE = "\\"


def _escaped(text: str) -> str:
    return text.replace(_ESCAPE, _ESCAPE * 2).replace("%", f"{_ESCAPE}%").replace("_", f"{_ESCAPE}_")


def contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Anywhere in the text, in any case."""
    return column.ilike(f"%{_escaped(text)}%", escape=_ESCAPE)


def contains_lower(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """The same of a column that is in lower case."""
    return column.like(func.lower(f"%{_escaped(text)}%"), escape=_ESCAPE)


def matches(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    if "*" not in pattern:
        return column == pattern
    return column.like(_escaped(pattern).replace("*", "%"), escape=_ESCAPE)


def matches_any(column: ColumnElement[str], patterns: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(matches(column, pattern) for pattern in patterns))


def matches_any_case(column: ColumnElement[str], patterns: Iterable[str]) -> ColumnElement[bool]:
    return matches_any(func.lower(column), (pattern.lower() for pattern in patterns))


def below_or_matches(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    """`src/` is everything below that folder."""
    return matches(column, f"{pattern}*" if pattern.endswith("/") else pattern)


def is_one_of(column: Any, numbers: Iterable[int], *, name: str | None = None) -> ColumnElement[bool]:
    """As one parameter, of that name: of `in (…)` each number is one, and the text is made and read anew for every page."""
    values = bindparam(name, list(numbers), ARRAY(BIGINT), unique=name is None)
    among: ColumnElement[bool] = column == any_(cast(values, ARRAY(BIGINT)))
    return among
