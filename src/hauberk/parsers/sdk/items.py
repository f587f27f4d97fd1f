"""One item of a report: read as the parser declares it, else leniently, else a problem with its position."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from types import GeneratorType
from typing import Any

import msgspec

from hauberk.domain.reported import ItemProblem, ReportedFinding
from hauberk.parsers.sdk.errors import ParserMistake
from hauberk.parsers.sdk.soundness import flaw_of, mended

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What a parser's function raises when an item has not the shape that it expects."""

_OTHER = re.compile(r"[\W_]+")
_TRIES = 8
"""So often an item is read anew without what is in the way; each costs as much as reading it."""
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

    def __getitem__(self, name: Any) -> Any:
        return [self][name] if isinstance(name, slice) else super().__getitem__(name)

    def __missing__(self, name: Any) -> Any:
        return self if name in (0, -1) else _ABSENT


class ListOfOne(OnlyElement):
    """The same in which what is not there is an error."""

    __slots__ = ()

    def __missing__(self, name: Any) -> Any:
        if name in (0, -1):
            return self
        raise KeyError(name)


class WatchedObject(LenientObject):
    """A JSON object that notes down what is asked of it: of that, the last is what a parser failed on."""

    __slots__ = ("asked",)
    asked: list[tuple["WatchedObject", Any]]

    def __getitem__(self, name: Any) -> Any:
        found = super().__getitem__(name)
        self.asked.append((self, name))
        return found

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name, default)
        self.asked.append((self, name))
        return found

    def items(self) -> Iterator[tuple[str, Any]]:  # type: ignore[override]
        return ((name, self[name]) for name in self)

    def values(self) -> Iterator[Any]:  # type: ignore[override]
        return (self[name] for name in self)


Asked = list[tuple[WatchedObject, Any]]


def read_item(function: Function, value: Any, position: object) -> Iterator[Any]:
    """What `function` yields for the item. `position` is only put into words where it cannot be read.

    A key that a scanner's other version leaves out costs what it says, not the result: where the item lacks something that
    the parser asks for, it is read once more with that empty, then with its objects also as lists of one, then without what
    has another shape than the parser knows. What then has no title is no result.
    """
    begun = 0
    try:
        for record in yielded(function, value):
            begun += 1
            yield record
    except UNREADABLE as error:
        again = [] if isinstance(error, UnreadableItem) else _read_again(function, value)
        yield from again[begun:] or [ItemProblem(position=str(position), reason=reason_of(error))]


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


def _read_again(function: Function, value: Any) -> list[Any]:
    """Leniently, in three ways; nothing where none of them gives sound results."""
    said = [*_words_in(value)] if isinstance(value, dict) else []
    if not said:  # then nothing can be named after it: of empty objects there may be millions
        return []
    for made in (LenientObject, OnlyElement):
        with suppress(*UNREADABLE):
            if records := _sound(function(_lenient(value, made)), said):
                return records
    return _read_in_part(function, value, said)


def _read_in_part(function: Function, value: Any, said: list[str]) -> list[Any]:
    """Without what the parser fails on: the last that it asked for, else one before. What goes for nothing is put back."""
    asked: Asked = []
    item = _lenient(value, partial(_watched, asked))
    changes = _changes(asked, "")
    furthest, place, before = 0, WatchedObject(), dict[Any, Any]()
    for _ in range(_TRIES):
        asked.clear()
        try:
            return _sound(function(item), said)
        except UnreadableItem:
            return []
        except UNREADABLE as error:
            if len(asked) > furthest:
                furthest, changes = len(asked), _changes(asked[:], str(error))
            else:
                place.update(before)
        place, name, after = next(changes, (WatchedObject(), "", {}))
        before = {name: place.pop(name, None)}
        place.update(after)
    return []


def _changes(asked: Asked, error: str) -> Iterator[tuple[WatchedObject, Any, dict[Any, Any]]]:
    """What may be in the way, each with what to try in its place: of a list its first element, or nothing.

    What is of the type that the error names comes first, else what was asked for last.
    """
    last_first = {(id(place), name): (place, name) for place, name in reversed(asked)}
    for place, name in sorted(
        last_first.values(), key=lambda each: f"'{type(dict.get(*each)).__name__}'" not in error
    ):
        was = dict.get(place, name)
        if isinstance(was, list) and was:
            yield place, name, {name: was[0]}
        if was is not None:
            yield place, name, {}


def _watched(asked: Asked, pairs: Iterable[tuple[str, Any]]) -> WatchedObject:
    made = WatchedObject(pairs)
    made.asked = asked
    return made


def _sound(told: Iterable[Any], said: list[str]) -> list[Any]:
    """These records; none where they are no sound results, or of nothing that the item says."""
    records = [
        mended(record) if isinstance(record, ReportedFinding) else record for record in map(_told, told)
    ]
    findings = [record for record in records if isinstance(record, ReportedFinding)]
    is_sound = all(flaw_of(each) is None and _is_named_after(each.title, said) for each in findings)
    return records if findings and is_sound else []


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


def with_lists_of_one(value: Any) -> Any:
    """The same value, in which an object also stands for a list of which it is the only element."""
    return _lenient(value, ListOfOne)


def _lenient(value: Any, made: Callable[[Iterator[tuple[str, Any]]], LenientObject]) -> Any:
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
