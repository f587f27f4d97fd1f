"""Pages of a list: the keyset cursor (where the last page ended) and a total that is exact up to a cap.

A cursor is not a secret and not signed: it only says which values to go on after, so a changed one can lead
nowhere that the caller's filters do not lead. It is checked for shape, for its sort and for its types.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from hauberk.kit.errors import Invalid

MAX_TOTAL = 10_000
MAX_OFFSET = 10_000
MAX_CURSOR_CHARS = 2_000

Item = TypeVar("Item")
Other = TypeVar("Other")
Value = str | int | float | bool | datetime | None

_TIME = "t:"
_TEXT = "s:"


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page; `total` counts what the caller may see and stops at `MAX_TOTAL`."""

    items: Sequence[Item]
    next_cursor: str | None
    total: int
    total_is_exact: bool

    def map(self, change: Callable[[Item], Other]) -> "Page[Other]":
        return Page([change(item) for item in self.items], self.next_cursor, self.total, self.total_is_exact)


def capped_total(counted: int) -> tuple[int, bool]:
    """What a count over `LIMIT MAX_TOTAL + 1` says: the total to show, and whether it is exact."""
    return min(counted, MAX_TOTAL), counted <= MAX_TOTAL


def encode_cursor(sort: str, values: Sequence[Value]) -> str:
    """The cursor after a row: its sort and the values of the sort's columns, the unique id last."""
    body = json.dumps([sort, *map(_to_json, values)], separators=(",", ":"))
    return urlsafe_b64encode(body.encode()).rstrip(b"=").decode()


def decode_cursor(text: str, sort: str, types: Sequence[type]) -> tuple[Value, ...]:
    """The values of a cursor made for `sort`, each null or of the type at its place; else `Invalid` at `/cursor`."""
    try:
        padded = text[:MAX_CURSOR_CHARS].encode("ascii") + b"=" * (-len(text) % 4)
        found_sort, *raw = json.loads(urlsafe_b64decode(padded))
        values = tuple(map(_from_json, raw))
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(
            [("/cursor", "This is not a cursor of this list; start from its first page.")]
        ) from error
    if found_sort != sort:
        raise Invalid([("/cursor", f"This cursor belongs to another order than {sort}.")])
    if len(values) != len(types) or not all(map(_fits, values, types)):
        raise Invalid([("/cursor", "This is not a cursor of this list; start from its first page.")])
    return values


def _to_json(value: Value) -> str | float | bool | None:
    if isinstance(value, datetime):
        return _TIME + value.isoformat()
    return _TEXT + value if isinstance(value, str) else value


def _from_json(value: object) -> Value:
    if isinstance(value, str) and value.startswith(_TIME):
        return datetime.fromisoformat(value.removeprefix(_TIME))
    if isinstance(value, str) and value.startswith(_TEXT):
        return value.removeprefix(_TEXT)
    if value is None or isinstance(value, int | float):
        return value
    raise ValueError(value)


def _fits(value: Value, expected: type) -> bool:
    if isinstance(value, bool):
        return expected is bool
    if isinstance(value, datetime):
        return expected is datetime and value.tzinfo is not None
    if isinstance(value, int):
        return expected in (int, float) and abs(value) < 2**63
    return value is None or (isinstance(value, expected) and value == value)  # noqa: PLR0124 - refuses NaN
