"""Versions of packages in an order that people of any ecosystem expect: 2.9 before 2.14, 3.0-rc1 before 3.0.

Ecosystems have rules of their own, and reports often do not say which one it is. What is told here decides what is shown
first, and which of several fixed versions is proposed; it decides no finding.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

MAX_KEY_CHARS: Final = 200
_DIGITS: Final = 12
_PARTS = re.compile(r"[0-9]+|[a-z]+")
_BEFORE = frozenset(
    ("a", "alpha", "b", "beta", "c", "cr", "dev", "ea", "m", "milestone", "pre", "preview", "rc", "snapshot")
)
_RELEASED = frozenset(("final", "ga", "release"))
_EARLIER, _END, _WORD, _NUMBER = "0123"


def sort_key(version: str) -> str:
    """A text whose bytes have the order of the versions; of what is longer than anybody writes only the beginning counts."""
    return _key(version[:MAX_KEY_CHARS].lower())


# The findings of an asset have a few versions again and again.
@lru_cache(maxsize=8192)
def _key(version: str) -> str:
    parts = _PARTS.findall(version)
    if len(parts) > 1 and parts[0] == "v":
        del parts[0]
    words = (_number(part) if part.isdigit() else _word(part) for part in parts if part not in _RELEASED)
    return (" ".join(words) + f" {_END}")[:MAX_KEY_CHARS]


def lowest_after(version: str, fixed: Iterable[str]) -> str | None:
    """Which of the fixed versions is the next one; the highest where none comes after. A branch may have its own fix."""
    known = sorted(fixed, key=sort_key)
    here = sort_key(version)
    return next((each for each in known if sort_key(each) > here), known[-1] if known else None)


def highest(versions: Iterable[str]) -> str | None:
    return max(versions, key=sort_key, default=None)


def _number(digits: str) -> str:
    return _NUMBER + digits.lstrip("0")[:_DIGITS].rjust(_DIGITS, "0")


def _word(word: str) -> str:
    return (_EARLIER if word in _BEFORE else _WORD) + word
