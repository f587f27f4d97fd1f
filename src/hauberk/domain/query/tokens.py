"""A query's characters into tokens: brackets, connectives, words, and terms with their values still as typed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from hauberk.domain.query.nodes import Comparison
from hauberk.kit.errors import Invalid

MAX_CHARACTERS = 2_000

_SPACE = re.compile(r"\s+")
_HEAD = re.compile(r"([A-Za-z][A-Za-z_.]*)(:|>=|<=|=|>|<)")
_WORD = re.compile(r'[^\s()"]+')
_VALUE = re.compile(r'[^\s(),"]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONNECTIVES = ("and", "or", "not")


class Mark(Enum):
    OPENING = auto()
    CLOSING = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    WORD = auto()
    TERM = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the word, or the key of a term; `values` are a term's, each with its position."""

    mark: Mark
    text: str
    position: int
    comparison: Comparison = Comparison.IS
    values: tuple[tuple[str, int], ...] = ()


def wrong(message: str, position: int) -> Invalid:
    """The refusal of a query: what is wrong with it, and where (characters count from 1)."""
    return Invalid([("/q", f"{message} (at character {position})")], code="invalid_query")


def tokens(query: str) -> Iterator[Token]:
    if len(query) > MAX_CHARACTERS:
        raise wrong(f"A query has at most {MAX_CHARACTERS:,} characters", MAX_CHARACTERS + 1)
    for index, character in enumerate(query):
        if unicodedata.category(character) in ("Cc", "Cs") and not character.isspace():
            raise wrong("This character cannot be searched for", index + 1)
    at = 0
    while at < len(query):
        if space := _SPACE.match(query, at):
            at = space.end()
        else:
            token, at = _token(query, at)
            yield token


def _token(query: str, at: int) -> tuple[Token, int]:
    position = at + 1
    if query[at] in "()":
        return Token(Mark.OPENING if query[at] == "(" else Mark.CLOSING, query[at], position), at + 1
    if query[at] == "-":
        return Token(Mark.NOT, "-", position), at + 1
    if query[at] == '"':
        phrase, end = _quoted(query, at)
        return Token(Mark.WORD, phrase, position), end
    if head := _HEAD.match(query, at):
        read, end = _values(query, head.end(), head[0])
        comparison = Comparison.IS if head[2] == "=" else Comparison(head[2])
        return Token(Mark.TERM, head[1].lower(), position, comparison, read), end
    word = _WORD.match(query, at)
    assert word is not None
    if word[0].lower() in _CONNECTIVES:
        return Token(Mark[word[0].upper()], word[0], position), word.end()
    return Token(Mark.WORD, word[0], position), word.end()


def _values(query: str, at: int, head: str) -> tuple[tuple[tuple[str, int], ...], int]:
    found: list[tuple[str, int]] = []
    while True:
        if query[at : at + 1] == '"':
            value, end = _quoted(query, at)
        elif match := _VALUE.match(query, at):
            value, end = match[0], match.end()
        else:
            raise wrong(f"'{head}' needs a value" if not found else "A value is missing here", at + 1)
        found.append((value, at + 1))
        if query[end : end + 1] != ",":
            return tuple(found), end
        at = end + 1


def _quoted(query: str, at: int) -> tuple[str, int]:
    match = _QUOTED.match(query, at)
    if match is None:
        raise wrong("This quotation mark is never closed", at + 1)
    return _ESCAPED.sub(r"\1", match[1]), match.end()
