"""Outline: a large JSON document with only the first members of every list and object; its format is told by that."""

from collections.abc import Iterator
from typing import Any

from hauberk.parsers.sdk.json_text import Json, decode_or_tell
from hauberk.parsers.sdk.json_walk import (
    CLOSE_ARRAY,
    CLOSE_OBJECT,
    OPEN_ARRAY,
    OPEN_OBJECT,
    JsonWalker,
)

_TOP_MEMBERS, _TOP_ELEMENTS = 256, 16
_MEMBERS, _ELEMENTS = 64, 4
_VALUES_OF_A_MEMBER = 1000
"""How many values are looked at below each key, or element, of the document."""
_DEEPEST = 8
_LONGEST = 4 * 1024


class Outliner(JsonWalker):
    """What is left out is passed over at the speed of the walk; a text that is longer than a few KiB is empty."""

    _left = 0

    def outline(self) -> Json:
        """The first JSON document. Raises ReportError where it breaks off or is wrong."""
        return self._outline(0) if self._skip_space() else None

    def _outline(self, depth: int) -> Json:
        self._left -= 1
        first = self._data[self._pos]
        if first == OPEN_OBJECT and depth < _DEEPEST:
            return self._members(depth + 1)
        if first == OPEN_ARRAY and depth < _DEEPEST:
            return self._first_elements(depth + 1)
        end = self._value_end(depth, keep=first not in (OPEN_OBJECT, OPEN_ARRAY))
        text, self._pos = self._data[self._pos : end], end
        if first in (OPEN_OBJECT, OPEN_ARRAY):
            return {} if first == OPEN_OBJECT else []
        return decode_or_tell(text) if len(text) <= _LONGEST else ""

    def _members(self, depth: int) -> dict[Any, Json]:
        most = _MEMBERS if depth > 1 else _TOP_MEMBERS
        return {self._key(depth): self._outline(depth) for _ in self._first(most, CLOSE_OBJECT, depth)}

    def _first_elements(self, depth: int) -> list[Json]:
        most = _ELEMENTS if depth > 1 else _TOP_ELEMENTS
        return [self._outline(depth) for _ in self._first(most, CLOSE_ARRAY, depth)]

    def _first(self, most: int, close: int, depth: int) -> Iterator[int]:
        """Stands before each of the first members; the rest is passed over, and of the document itself not even read."""
        self._pos += 1
        if self._peek() == close:
            self._pos += 1
            return
        for number in range(most):
            if depth == 1:
                self._left = _VALUES_OF_A_MEMBER
            self._peek()
            yield number
            if not self._goes_on(close):
                return
            if depth > 1 and self._left <= 0:
                break
        if depth > 1:
            self._pos = self._container_end(depth, keep=False, opened=1)
