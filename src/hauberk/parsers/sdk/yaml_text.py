"""A report in YAML as the same in JSON, for scanners that write either.

Tags do what they name, so a text with one is no report; nor is one whose aliases repeat more than a little, for they make a small
text large. Of a text that was cut off, only what breaks off in quotes or a name is noticed, as with tables.
What is no plain number, null, true or false stays the text that was written: dates, `no`, `version: 1.10`.
"""

import io
import re
from typing import Any, Final, NamedTuple

import msgspec
import yaml

from hauberk.parsers.sdk.archive import archive_of
from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.json_text import MAX_DEPTH
from hauberk.parsers.sdk.source import Source

MAX_BYTES: Final = 8 * 1024 * 1024
"""It is read at once. Reports that grow larger are taken in JSON, which every scanner that writes YAML also writes."""
_LOOKED_AT: Final = 64 * 1024
_TRIES: Final = 3
_MAX_REPEATED: Final = 64
"""Nodes below what an alias repeats: some libraries write what is the same in memory so."""
_BEGINNING: Final = re.compile(
    rb"""\s*(?:#[^\n]*\n\s*)*(?:---[^\n]*\n\s*)?(?:- +)*[^\s#&*!%|>`{}\[\],-][^\n]{0,200}?:(?:\s|$)"""
)
"""A name first, of an object or of a list's first."""
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.(?:0|\d{0,14}[1-9]))?")
"""As JSON's writers have it; `1.10` is a version."""
_WORDS: Final = {**dict.fromkeys(("", "~", "null", "Null", "NULL")), "true": True, "false": False}
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _NoReport(ValueError):
    """It holds what no report does."""


def beginning(source: Source) -> tuple[Source, bool] | None:
    """What the first 64 KiB say, in JSON, and whether that is all; None where they are no YAML."""
    if archive_of(source) is not None:
        return None
    with source.open(repair=True) as stream:
        text = stream.read(_LOOKED_AT + 1)
    if _BEGINNING.match(text) is None:
        return None
    is_whole = len(text) <= _LOOKED_AT
    for _ in range(1 if is_whole else _TRIES):
        try:
            return _as_source(text), is_whole
        except _NoReport:
            return None
        except yaml.YAMLError as error:
            text = _before(text, error)  # what the cut broke is left out
    return None


def _before(text: bytes, error: yaml.YAMLError) -> bytes:
    begun = getattr(error, "context_mark", None) or getattr(error, "problem_mark", None)
    lines = text.split(b"\n")
    return b"\n".join(lines[: min(begun.line, len(lines) - 1)] if begun else ())


def in_json(source: Source) -> Source:
    """All of it. Raises ReportError."""
    with source.open(repair=True) as stream:
        text = stream.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        limit = f"In YAML, a report is at most {MAX_BYTES >> 20} MiB long; take it from the scanner in JSON."
        raise ReportError("value_too_large", limit)
    try:
        return _as_source(text)
    except _NoReport as error:
        raise ReportError("syntax_error", str(error)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        message = f"Invalid YAML: {problem}."
        raise ReportError("syntax_error", message, f"line {mark.line + 1}" if mark else None) from error


def _as_source(text: bytes) -> Source:
    documents = _documents(text)
    return Source(io.BytesIO(msgspec.json.encode(documents[0] if len(documents) == 1 else documents)))


def _documents(text: bytes) -> list[Any]:
    documents = _Documents()
    for event in yaml.parse(text, Loader=_LOADER):
        documents.take(event)
    return documents.found


class _Open(NamedTuple):
    """A list or object that is being read: what it is part of, and how much had been read when it began."""

    outer: Any
    anchor: str | None
    nodes: int
    aliases: int


class _Documents:
    """Built by hand instead of by a loader: nothing is made of what the text names, and nothing grows."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._at: Any = self.found
        self._name: str | None = None
        self._opened: list[_Open] = []
        self._known: dict[str, Any] = {}
        self._nodes = self._aliases = 0

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.NodeEvent):
            self._nodes += 1
            value = self._repeated(event) if isinstance(event, yaml.AliasEvent) else _value(event)
            if self._is_name(event):
                self._name = event.value
                return
            self._put(value)
            if isinstance(event, yaml.CollectionStartEvent):
                self._open(value, event.anchor)
            elif event.anchor:
                self._known[event.anchor] = value

    def _is_name(self, event: Any) -> bool:
        if type(self._at) is list or self._name is not None:
            return False
        if not isinstance(event, yaml.ScalarEvent):
            raise _NoReport(f"Line {event.start_mark.line + 1} has a name that is no text.")
        return True

    def _put(self, value: Any) -> None:
        if type(self._at) is list:
            self._at.append(value)
        else:
            self._at[self._name], self._name = value, None

    def _open(self, value: Any, anchor: str | None) -> None:
        self._opened.append(_Open(self._at, anchor, self._nodes, self._aliases))
        self._at = value
        if len(self._opened) > MAX_DEPTH:
            raise _NoReport(f"It is nested more than {MAX_DEPTH} levels deep.")

    def _end(self) -> None:
        ended, value = self._opened.pop(), self._at
        is_small = self._aliases == ended.aliases and self._nodes - ended.nodes <= _MAX_REPEATED
        if ended.anchor and is_small:
            self._known[ended.anchor] = value
        self._at = ended.outer

    def _repeated(self, event: Any) -> Any:
        self._aliases += 1
        if event.anchor not in self._known:
            where = f"Line {event.start_mark.line + 1}"
            raise _NoReport(f"{where} repeats what is large, or what repeats something itself.")
        return self._known[event.anchor]


def _value(event: Any) -> Any:
    if event.tag:
        raise _NoReport(f"Line {event.start_mark.line + 1} has a tag, which no report has.")
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    word = event.value
    if event.style or not event.implicit[0]:
        return word
    if _NUMBER.fullmatch(word):
        return float(word) if "." in word else int(word)
    return _WORDS.get(word, word)
