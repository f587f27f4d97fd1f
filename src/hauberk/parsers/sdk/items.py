"""One item of a report: read as the parser declares it, else leniently, else a problem with its position."""

import re
from collections.abc import Callable, Iterable, Iterator
from types import GeneratorType
from typing import Any

import msgspec

from hauberk.domain.reported import ItemProblem, ReportedFinding
from hauberk.parsers.sdk.errors import ParserMistake
from hauberk.parsers.sdk.soundness import flaw_of, mended

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What a parser's function raises when an item has not the shape that it expects."""

_OTHER = re.compile(r"[\W_]+")
Function = Callable[[Any], Iterator[Any]]


class UnreadableItem(ValueError):
    """An item cannot be read, and the text says all there is to say."""


class Absent(str):
    """Stands for what is not there: an empty text, list and object at once."""

    __slots__ = ()

    def __getitem__(self, name: Any) -> "Absent":
        return self

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 — as an object has it
        return default

    def items(self) -> tuple[()]:
        return ()

    keys = values = items


_ABSENT = Absent()


class LenientObject(dict[str, Any]):
    """A JSON object in which a key that is not there, or null, is absent rather than an error."""

    __slots__ = ()

    def __missing__(self, name: str) -> Absent:
        return _ABSENT


class OnlyElement(LenientObject):
    """A JSON object that also stands for a list of which it is the only element."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return iter((self,))

    def __missing__(self, name: Any) -> Any:
        return self if name in (0, -1) else _ABSENT


def read_item(function: Function, value: Any, position: object) -> Iterator[Any]:
    """What `function` yields for the item. `position` is only put into words where it cannot be read.

    A key that a scanner's other version leaves out costs what it says, not the result: where the item lacks something that
    the parser asks for, it is read once more with that empty, and then with its objects also as lists of one. What then has
    no title is no result.
    """
    is_begun = False
    try:
        for record in yielded(function, value):
            is_begun = is_begun or isinstance(record, ReportedFinding)
            yield record
    except UNREADABLE as error:
        again = None
        if not is_begun and not isinstance(error, UnreadableItem):
            again = _read_leniently(function, value) or _read_leniently(function, value, OnlyElement)
        yield from again or [ItemProblem(position=str(position), reason=reason_of(error))]


def yielded(function: Function, value: Any) -> Iterable[Any]:
    """What the function yields; one that returns a finding, or nothing, in its place is told so."""
    records = function(value)
    if type(records) is GeneratorType or isinstance(records, Iterable):
        return records
    raise ParserMistake(f"its function returns {type(records).__name__}, where it has to yield what it finds")


def each(values: Any, function: Function, position: str) -> Iterator[Any]:
    """What `function` yields for each of a list within an item; one that it cannot read becomes a problem.

    An object in the place of the list is its only element, as converters from XML write it.
    """
    for index, value in enumerate((values,) if isinstance(values, dict) else values or ()):
        yield from read_item(function, value, f"{position}[{index}]")


def reason_of(error: Exception) -> str:
    """What a parser's exception says to the uploader."""
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]!r}"
    if isinstance(error, UnreadableItem):
        return str(error)
    return f"it has an unexpected shape ({type(error).__name__}: {str(error)[:200]})"


def _read_leniently(
    function: Function, value: Any, made: type[LenientObject] = LenientObject
) -> list[Any] | None:
    """None where that gives no sound results."""
    said = [*_words_in(value)] if isinstance(value, dict) else []
    if not said:  # then nothing can be named after it: of empty objects there may be millions
        return None
    try:
        records = [
            mended(record) if isinstance(record, ReportedFinding) else record
            for record in map(_told, function(_lenient(value, made)))
        ]
    except UNREADABLE:
        return None
    findings = [record for record in records if isinstance(record, ReportedFinding)]
    is_sound = all(flaw_of(each) is None and _is_named_after(each.title, said) for each in findings)
    return records if findings and is_sound else None


def _is_named_after(title: str, said: list[str]) -> bool:
    """The title has something that the item says, not only the parser's own words around it."""
    letters = _letters(title)
    return len(letters) > 1 and any(word in letters or letters in word for word in said)


def _words_in(value: Any) -> Iterator[str]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _words_in(part)
    if isinstance(value, str) and len(letters := _letters(value)) > 1:
        yield letters


def _letters(text: str) -> str:
    return _OTHER.sub("", text.lower())


def _lenient(value: Any, made: type[LenientObject]) -> Any:
    if isinstance(value, dict):
        return made((key, _lenient(each, made)) for key, each in value.items() if each is not None)
    if isinstance(value, list):
        return [_lenient(each, made) for each in value if each is not None]
    return value


def _told(value: Any) -> Any:
    """A record, or a part of one, without what is absent."""
    if isinstance(value, Absent):
        return None
    if isinstance(value, msgspec.Struct):
        fields = {name: _told(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, tuple):
        return tuple(told for each in value if (told := _told(each)) is not None)
    return value
