"""JsonWalker: one pass over a JSON document of any size that decodes only the values at the wanted paths.

Structure is followed with one regular-expression match per bracket. The elements of a long array of objects are taken
in blocks: cut at the last `,{"first key"` of a block and decoded as `[` + block + `]`. A cut at the wrong depth or in
a string cannot decode, because a JSON array's prefix is valid only at depth 0; so the shortcut is exact.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import BinaryIO

from hauberk.parsers.sdk.errors import ErrorCode, ReportError, excerpt
from hauberk.parsers.sdk.json_text import (
    ASSIGNMENT,
    MAX_DEPTH,
    Json,
    decode_block,
    decode_or_tell,
    decode_texts,
)
from hauberk.parsers.sdk.node import Node
from hauberk.parsers.sdk.unchanged import Unchanged
from hauberk.parsers.sdk.wanted import Trie, as_trie, patterns_in

BLOCK = 256 * 1024
MAX_VALUE = 128 * 1024 * 1024
_CUTS = 4
_FIRST_REACH = 4 * 1024
"""How far the first cut of an array looks: documents of many small arrays pay for no more."""
_SPACE = re.compile(rb"[ \t\r\n]*+")
_NAME = re.compile(rb'"[^"\\]{0,64}+"')
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[-+.\w]++")
_NEXT_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+[{}\[\]]', re.DOTALL)
_SEPARATOR = re.compile(rb',[ \t\r\n]*+\{[ \t\r\n]*+"[^"\\]{0,200}"')
_LOG_LINE = re.compile(rb"[ \t]*+\r?\n\s*+[^\s\[\]{},:\"]")
_FURTHER_DOCUMENT = re.compile(rb'\n[ \t]*+(?:\{\s*+["}]|\[\s*+[\[{"\]])')
_MAX_LOG = 64 * 1024
_QUOTE, _COMMA, _COLON, _SEMICOLON = b'",:;'
_BLANK = ord(" ")
OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY = b"{}[]"
_OPENING = (OPEN_OBJECT, OPEN_ARRAY)
_decoded_name = lru_cache(maxsize=1024)(decode_or_tell)


class JsonWalker:
    """Paths are ijson's: `runs.item.results.item`; `*` is any key of an object; "" is the whole document.

    With `many`, further documents may follow the first, and a comma the last element, as tools write that print piece by piece;
    from the second document on, its number begins the container. With `listed`, the documents are the objects of one array.
    `unchanged`: of long arrays, elements that the importer knows word for word are passed over.
    """

    def __init__(
        self,
        stream: BinaryIO,
        patterns: Sequence[str],
        *,
        block: int = BLOCK,
        many: bool = False,
        listed: bool = False,
        unchanged: Unchanged | None = None,
        lines_before: int = 0,
    ) -> None:
        self._stream = stream
        self._many = many
        self._listed = listed
        self._unchanged = unchanged
        self._wanted: Trie | str = "" if list(patterns) == [""] else as_trie(patterns)
        self._block = block
        self._data = b""
        self._pos = 0
        self._lines = lines_before
        self._line_start = 0
        self._base = 0
        self._at_end = False
        self.documents = 1
        self.reached: set[str] = set()
        """Patterns whose list or object (or null in its stead) was there, even when empty; also outer lists (`runs.item`)."""
        self.objects_for_lists: list[str] = []
        """Where an object stood, and was taken for the only element of the list."""

    def __iter__(self) -> Iterator[Node]:
        if not self._skip_space():
            raise ReportError("empty_file", "The file is empty.")
        assignment = ASSIGNMENT.match(self._data, self._pos)
        if assignment is not None:
            self._pos = assignment.end()
        yield from self._documents() if self._listed else self._walk(self._wanted, "", "", 0)
        while self._many and not self._ends_in_log_lines() and self._skip_space():
            self.documents += 1
            yield from self._walk(self._wanted, f"document {self.documents}", "", 0)
        if assignment is not None and self._skip_space() and self._data[self._pos] == _SEMICOLON:
            self._pos += 1
        if not self._ends_in_log_lines() and self._skip_space():
            raise self._error("schema_mismatch", "There is more text after the end of the JSON document.")

    def _ends_in_log_lines(self) -> bool:
        """What a tool prints behind its report: lines of their own, of which none begins a further document."""
        while self._pos >= len(self._data) - 256 and self._fill():
            pass
        if _LOG_LINE.match(self._data, self._pos) is None:
            return False
        while len(self._data) - self._pos <= _MAX_LOG and self._fill():
            pass
        rest = self._data[self._pos :]
        return len(rest) <= _MAX_LOG and _FURTHER_DOCUMENT.search(rest) is None

    # --- text -------------------------------------------------------------------------------------------------

    def _fill(self, size: int = 0) -> bool:
        chunk = b"" if self._at_end else self._stream.read(max(size, self._block))
        if not chunk:
            self._at_end = True
            return False
        newlines = self._data.count(b"\n", 0, self._pos)
        if newlines:
            self._lines += newlines
            self._line_start = self._base + self._data.rfind(b"\n", 0, self._pos) + 1
        self._base += self._pos
        self._data = self._data[self._pos :] + chunk
        self._pos = 0
        return True

    def _skip_space(self) -> bool:
        while True:
            match = _SPACE.match(self._data, self._pos)
            self._pos = match.end() if match else self._pos
            if self._pos < len(self._data):
                return True
            if not self._fill():
                return False

    def _peek(self) -> int:
        if self._pos < len(self._data) and self._data[self._pos] > _BLANK:  # nearly always
            return self._data[self._pos]
        if not self._skip_space():
            raise self._error("truncated", "The JSON document ends in the middle; the file was cut off.")
        return self._data[self._pos]

    def _error(self, code: ErrorCode, message: str) -> ReportError:
        before = self._data[: self._pos]
        line = self._lines + before.count(b"\n") + 1
        start = self._base + before.rfind(b"\n") + 1 if b"\n" in before else self._line_start
        return ReportError(code, message, f"line {line}, column {self._base + self._pos - start + 1}")

    def _unexpected(self, expected: str) -> ReportError:
        found = excerpt(self._data[self._pos : self._pos + 20])
        return self._error("syntax_error", f"Invalid JSON: expected {expected} but found “{found}”.")

    # --- values -----------------------------------------------------------------------------------------------

    def _value_end(self, depth: int, *, keep: bool) -> int:
        """Where the value at the current position ends; without `keep`, what was passed may be forgotten."""
        first = self._data[self._pos]
        if first in _OPENING:
            return self._container_end(depth, keep=keep)
        pattern = _STRING if first == _QUOTE else _SCALAR
        while True:
            match = pattern.match(self._data, self._pos)
            if match and (first == _QUOTE or match.end() < len(self._data) or self._at_end):
                return match.end()
            if first == _QUOTE:
                self._need_more(len(self._data) - self._pos)
            elif not match:
                raise self._unexpected("a value")
            elif not self._more(len(self._data) - self._pos):  # the file's last word
                return match.end()

    def _container_end(self, depth: int, *, keep: bool, opened: int = 0) -> int:
        scan = self._pos
        while True:
            match = _NEXT_BRACKET.match(self._data, scan)
            if match is None:
                if not keep:
                    self._pos = scan
                offset = scan - self._pos
                self._need_more(len(self._data) - self._pos)
                scan = self._pos + offset
                continue
            scan = match.end()
            if self._data[scan - 1] in _OPENING:
                opened += 1
                if depth + opened > MAX_DEPTH:
                    raise self._error(
                        "nesting_too_deep", f"The JSON is nested more than {MAX_DEPTH} levels deep."
                    )
            else:
                opened -= 1
                if opened == 0:
                    return scan

    def _more(self, held: int) -> bool:
        if held > MAX_VALUE:
            raise self._error("value_too_large", f"One value is larger than {MAX_VALUE >> 20} MiB.")
        return self._fill(held)

    def _need_more(self, held: int) -> None:
        if not self._more(held):
            raise self._error("truncated", "The JSON document ends in the middle; the file was cut off.")

    def _take(self, depth: int) -> Json:
        return decode_or_tell(self._take_text(depth))

    def _take_text(self, depth: int) -> bytes:
        end = self._value_end(depth, keep=True)
        text = self._data[self._pos : end]
        self._pos = end
        return text

    def _name(self, depth: int) -> Json:
        """The key of an object: the same few come again and again."""
        match = _NAME.match(self._data, self._pos)
        if match is None:
            return self._take(depth)
        self._pos = match.end()
        return _decoded_name(match[0])

    # --- structure --------------------------------------------------------------------------------------------

    def _walk(self, wanted: Trie | str, container: str, key: str | int, depth: int) -> Iterator[Node]:
        if isinstance(wanted, str):
            self.reached.add(wanted)
            yield Node(wanted, self._take(depth), key, container)
            return
        where = Node("", None, key, container).position if depth else container
        first = self._data[self._pos]
        if first == OPEN_OBJECT and wanted.keys() != {"item"}:
            yield from self._object(wanted, where, depth + 1)
        elif first == OPEN_ARRAY and "item" in wanted:
            yield from self._array(wanted["item"], where, depth + 1)
        elif first == OPEN_OBJECT and depth:
            yield from self._only(wanted["item"], where, depth + 1)
        else:
            if self._data[self._pos : self._pos + 4] == b"null":
                names = (leaf if isinstance(leaf, str) else f"{where}.{at}" for at, leaf in wanted.items())
                self.reached.update(name.removeprefix(".") for name in names)
            self._pos = self._value_end(depth, keep=False)

    def _documents(self) -> Iterator[Node]:
        """Each element of the array is a document of its own."""
        self._pos += 1
        while True:
            self._peek()
            container = f"document {self.documents}" if self.documents > 1 else ""
            yield from self._walk(self._wanted, container, "", 0)
            if not self._goes_on(CLOSE_ARRAY):
                return
            self.documents += 1

    def _object(self, wanted: Trie, where: str, depth: int) -> Iterator[Node]:
        others = wanted.get("*")
        if others is not None:
            self.reached.add(others if isinstance(others, str) else f"{where}.*".removeprefix("."))
        self._pos += 1
        if self._peek() == CLOSE_OBJECT:
            self._pos += 1
            return
        while True:
            key = self._key(depth)
            below = wanted.get(key, others) if isinstance(key, str) else None
            if below is None:
                self._pos = self._value_end(depth, keep=False)
            else:
                yield from self._walk(below, where, key, depth)
            if not self._goes_on(CLOSE_OBJECT):
                return

    def _array(self, wanted: Trie | str, where: str, depth: int) -> Iterator[Node]:
        self._pos += 1
        self.reached.add(wanted if isinstance(wanted, str) else f"{where}.item".removeprefix("."))
        if self._peek() == CLOSE_ARRAY:
            self.reached.update(patterns_in(wanted))
            self._pos += 1
            return
        if isinstance(wanted, str):
            yield from self._elements(wanted, where, depth)
            return
        index = 0
        while True:
            self._peek()
            yield from self._walk(wanted, where, index, depth)
            index += 1
            if not self._goes_on(CLOSE_ARRAY):
                return

    def _only(self, wanted: Trie | str, where: str, depth: int) -> Iterator[Node]:
        """An object where a list is declared is its only element, as converters from XML write it; an empty one is none."""
        if not isinstance(wanted, str):
            self.reached.add(f"{where}.item")
            yield from self._walk(wanted, where, 0, depth)
        elif (value := self._take(depth)) != {}:
            self.reached.add(wanted)
            self.objects_for_lists.append(where)
            yield Node(wanted, value, 0, where)

    def _key(self, depth: int) -> Json:
        """An object's next name, up to its value."""
        if self._peek() != _QUOTE:
            raise self._unexpected("a name in double quotes")
        key = self._name(depth)
        if self._peek() != _COLON:
            raise self._unexpected("“:”")
        self._pos += 1
        self._peek()
        return key

    def _goes_on(self, close: int) -> bool:
        """After an element: over the comma, or over the closing bracket."""
        found = self._peek()
        if found not in (_COMMA, close):
            raise self._unexpected("“,” or the end of the list" if close == CLOSE_ARRAY else "“,” or “}”")
        self._pos += 1
        if found == _COMMA and self._many and self._peek() == close:
            found, self._pos = close, self._pos + 1
        return found == _COMMA

    def _elements(self, pattern: str, where: str, depth: int) -> Iterator[Node]:
        separator = b""
        slow_until = 0
        reach = min(_FIRST_REACH, self._block)
        index = 0
        unchanged = self._unchanged
        while True:
            self._peek()
            if separator and self._base + self._pos >= slow_until:
                is_sifted = unchanged is not None and unchanged.is_told
                values = self._cut_block(separator, decode_texts if is_sifted else decode_block, reach)
                if values is None:
                    slow_until = self._base + min(self._pos + reach, len(self._data))
                else:
                    sifted = unchanged.sift(values) if is_sifted and unchanged else enumerate(values)
                    for place, value in sifted:
                        yield Node(pattern, value, index + place, where)
                    index += len(values)
                    self._peek()
                reach = min(reach * 4, self._block)
            for value in self._alone(depth):
                yield Node(pattern, value, index, where)
            index += 1
            self._peek()
            if not separator:
                separator = self._separator()
            if not self._goes_on(CLOSE_ARRAY):
                return

    def _alone(self, depth: int) -> Iterator[Json]:
        """The next element, unless it is known word for word."""
        text = self._take_text(depth)
        if self._unchanged is not None and self._unchanged.is_told:
            try:
                texts = decode_texts(b"[%b]" % text)
            except ValueError:  # it is read forgivingly, each time anew
                pass
            else:
                for _, value in self._unchanged.sift(texts):
                    yield value
                return
        yield decode_or_tell(text)

    def _separator(self) -> bytes:
        while len(self._data) - self._pos < 1024 and self._fill():
            pass
        match = _SEPARATOR.match(self._data, self._pos)
        return match.group() if match else b""

    def _cut_block(self, separator: bytes, decode: Callable[[bytes], Json], reach: int) -> list[Json] | None:
        """The elements, decoded or as texts, up to the last separator of this block that lies between two of them, or None."""
        if len(self._data) - self._pos < reach:
            self._fill()
        cut = min(self._pos + reach, len(self._data))
        for _ in range(_CUTS):
            cut = self._data.rfind(separator, self._pos, cut)
            if cut < 0:
                return None
            try:
                values = decode(b"[%b]" % self._data[self._pos : cut])
            except ValueError:
                continue
            self._pos = cut + 1
            return values if isinstance(values, list) else None
        return None
