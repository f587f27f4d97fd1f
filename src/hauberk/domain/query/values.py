"""How the values of a query are read: each reader takes the words as typed and raises ValueError, saying what it wants."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from hauberk.domain.identifiers import spell
from hauberk.domain.query.nodes import Span, Value

Reader = Callable[[str], Value]
Word = TypeVar("Word", bound=StrEnum)

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?|\.[0-9]{1,9}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_WEAKNESS = re.compile(r"(?:cwe-)?([0-9]{1,6})", re.IGNORECASE)
_DURATION = re.compile(r"([0-9]{1,5})([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_LONGEST = timedelta(days=365 * 100)
_MAX_TEXT = 500
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def text(word: str) -> str:
    if len(word) > _MAX_TEXT:
        raise ValueError(f"at most {_MAX_TEXT} characters")
    return word


def lowered(word: str) -> str:
    return text(word).lower()


def identifier(word: str) -> str:
    return spell(text(word))


def one_of(words: Iterable[str]) -> Reader:
    known = tuple(words)

    def read(word: str) -> str:
        if word.lower() not in known:
            raise ValueError("one of " + ", ".join(known))
        return word.lower()

    return read


def vocabulary(words: type[Word]) -> Callable[[str], Word]:
    def read(word: str) -> Word:
        try:
            return words(word.lower())
        except ValueError:
            raise ValueError("one of " + ", ".join(words)) from None

    return read


def yes_or_no(word: str) -> bool:
    if word.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return word.lower() == "true"


def number(word: str) -> float:
    if not _NUMBER.fullmatch(word):
        raise ValueError("a number such as 0.5")
    return float(word)


def whole_number(word: str) -> int:
    if not _WHOLE.fullmatch(word):
        raise ValueError("a whole number")
    return int(word)


def weakness(word: str) -> int:
    match = _WEAKNESS.fullmatch(word)
    if match is None:
        raise ValueError("a CWE number such as 79 or CWE-79")
    return int(match[1])


def duration(word: str) -> timedelta:
    match = _DURATION.fullmatch(word.lower())
    if match is None:
        raise ValueError("a duration such as 12h, 30d, 2w, 6m or 1y")
    length = timedelta(hours=int(match[1]) * _HOURS[match[2]])
    if length > _LONGEST:
        raise ValueError("a duration of at most 100 years")
    return length


def day_or_instant(word: str) -> Span:
    """`2026-01-31` is that day in UTC; with a time it is that second."""
    try:
        start = datetime.fromisoformat(word)
    except ValueError:
        raise ValueError("a date such as 2026-01-31 or a time such as 2026-01-31T08:00:00Z") from None
    if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        raise ValueError(f"a date from {_FIRST_YEAR} on")
    start = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    is_day = len(word) <= len("2026-01-31")
    return Span(start, start + (timedelta(days=1) if is_day else timedelta(seconds=1)))
