"""Values: how a field of a finding is made of what stands in an item, and conditions on it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hauberk.parsers.mapping.paths import Find, Item, is_there, words
from hauberk.parsers.sdk import plain, unbase64

MAX_MATCHED_CHARS = 10_000
MAX_SHOWN_CHARS = 60
DECODERS: Mapping[str, Callable[[str], str | None]] = {"html": plain, "base64": unbase64}


@dataclass
class Value:
    """`finds` in order; `pieces` instead are a text with places for what was found (`{rule}: {name}`)."""

    name: str
    """Where in the mapping it stands, for messages."""
    finds: Sequence[Find]
    pieces: Sequence[str] = ()
    table: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    split: str | None = None
    pattern: re.Pattern[str] | None = None
    decode: Callable[[str], str | None] | None = None
    has_found: bool = False
    """Whether it ever found anything: a preview tells which never did."""
    unclear: str | None = None
    """The first text that stood there and could not be used: a preview tells that too."""

    def usable(self, word: str | None, meaning: Any) -> Any:
        """What the word means; one that means nothing is remembered."""
        if word is not None and meaning is None and self.unclear is None:
            self.unclear = word[:MAX_SHOWN_CHARS]
        return meaning

    def all(self, item: Item) -> list[str]:
        """Every text, once each."""
        found = list(dict.fromkeys(self._each(item)))
        return found or ([] if self.default is None else [self.default])

    def one(self, item: Item) -> str | None:
        """The first that is there."""
        return next(self._each(item), self.default)

    def parts(self, item: Item) -> list[str]:
        """The first of every path, for a text of several paragraphs."""
        if self.pieces:
            return self.all(item)
        found = (next(self._of(find, item), None) for find in self.finds)
        return [part for part in found if part] or ([] if self.default is None else [self.default])

    def _each(self, item: Item) -> Iterator[str]:
        if self.pieces:
            yield from self._filled(item)
            return
        for find in self.finds:
            yield from self._of(find, item)

    def _of(self, find: Find, item: Item) -> Iterator[str]:
        for found in find(item):
            for word in words(found):
                self.has_found = True
                for part in self._split(word if self.decode is None else self.decode(word) or ""):
                    yield self.table.get(part.lower(), part)

    def _split(self, word: str) -> Iterator[str]:
        parts = word.split(self.split) if self.split else (word,)
        for part in parts:
            stripped = part.strip()
            if self.pattern is None:
                if stripped:
                    yield stripped
            elif match := self.pattern.search(stripped[:MAX_MATCHED_CHARS]):
                yield match.group(1) or ""

    def _filled(self, item: Item) -> Iterator[str]:
        """The text with what was found; nothing where none of its places has anything."""
        found = [next((word for value in find(item) for word in words(value)), "") for find in self.finds]
        if any(found) or not self.finds:
            self.has_found = True
            between = [*found, ""]
            yield "".join(piece + between[index] for index, piece in enumerate(self.pieces)).strip()


@dataclass(frozen=True)
class Condition:
    """What stands at the path is one of these words (or, `is_not`, none of them); without words: that it is there."""

    find: Find
    words: frozenset[str] | None
    is_not: bool = False

    def holds(self, item: Item) -> bool:
        values = self.find(item)
        if self.words is None:
            return any(map(is_there, values))
        found = {word.lower() for value in values for word in words(value)}
        return bool(found & self.words) is not self.is_not
