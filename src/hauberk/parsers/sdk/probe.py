"""Probe: what the first 64 KiB of a file show, and the ways a parser says what its reports look like there."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain, islice
from typing import Any, Final

from lxml import etree

from hauberk.parsers.sdk.archive import archive_of
from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.json_text import ASSIGNMENT, MAX_DEPTH, Json, UnreadableValue, decode_value
from hauberk.parsers.sdk.lenience import FOR_EACH_MISSING, count_of
from hauberk.parsers.sdk.outline import Outliner
from hauberk.parsers.sdk.page import HtmlElement, is_page, page_of
from hauberk.parsers.sdk.readers import header_candidates
from hauberk.parsers.sdk.source import Source
from hauberk.parsers.sdk.workbook import workbook_of
from hauberk.parsers.sdk.xml_walk import XmlHead, check_prolog, declared_encoding, read_head

PROBE_SIZE = 64 * 1024
MISSING: Final = object()
NOTHING_IN_IT: Final = "The file is empty. Name the format if its scanner writes that when it finds nothing."
_MARK = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],]|"', re.DOTALL)
_CLOSING = {b"{": b"}", b"[": b"]"}
_DEEPEST = 64
_MEMBERS_LOOKED_AT = 8
_ELEMENTS_LOOKED_AT = 16


class Probe:
    """Lazily understood as JSON, JSON Lines, XML, HTML, CSV, plain text or an archive. The file's name plays no part.

    `is_lenient` once no format fits as it is declared: the looks then forgive what exports, versions and hands change.
    `is_listed` once none fits so either: the array's objects are then looked at as reports, all of them.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.is_lenient = False
        self.is_listed = False
        self.archive = archive_of(source)
        if self.archive is not None:
            self.text, self.is_xml, self.is_json, self.is_complete = b"", False, False, True
            return
        with source.open() as stream:
            head = stream.read(PROBE_SIZE + 1)
        self.is_xml = head.lstrip()[:1] == b"<"
        encoding = declared_encoding(head) if self.is_xml else None
        with source.open(repair=True, encoding=encoding) as stream:
            self.text = stream.read(PROBE_SIZE).lstrip()
        if not self.text:
            raise ReportError("empty_file", NOTHING_IN_IT)
        if self.is_xml:
            check_prolog(self.text)
        assignment = ASSIGNMENT.match(self.text)
        if assignment is not None:
            self.text = self.text[assignment.end() :]
        self.is_json = self.text[:1] in (b"{", b"[")
        self.is_complete = len(head) <= PROBE_SIZE

    @cached_property
    def json(self) -> Json:
        """As much of the JSON document as the probe holds, or MISSING.

        What breaks further on is recognised by its sound beginning: reading it then says where it breaks.
        """
        cuts = _cuts(self.text) if self.is_json else []
        last = len(cuts)
        while last:
            found = _closed(self.text, cuts[last - 1])
            if found is not MISSING:
                self.is_complete = self.is_complete and last == len(cuts)
                return found
            last //= 2
        return MISSING

    def look_further(self) -> None:
        """From here on, `json` is the whole document's outline: what tells its format may stand behind a long value."""
        if not self.is_json or self.is_complete:
            return
        try:
            with self._source.open() as stream:
                self.json = Outliner(stream, ()).outline()
        except ReportError:  # reading it says better what is wrong
            return
        self.objects = _objects_in(self.json)
        self.is_complete = True

    @cached_property
    def objects(self) -> list[Json]:
        """The first objects of JSON Lines or of an array, or the one that the document is."""
        if self.text[:1] == b"[":
            return _objects_in(self.json)
        if not self.is_json:
            return []
        lines = self.text.split(b"\n", _ELEMENTS_LOOKED_AT)[:_ELEMENTS_LOOKED_AT]
        found = [_partial_json(line) for line in (lines if self.is_json_lines else [self.text])]
        return [each for each in found if isinstance(each, dict)]

    @cached_property
    def is_json_lines(self) -> bool:
        """The first line is a whole JSON object."""
        line, newline, _ = self.text.partition(b"\n")
        try:
            return self.is_json and isinstance(decode_value(line), dict)
        except UnreadableValue:
            return not newline and not self.is_complete and line[:1] == b"{"

    @cached_property
    def xml(self) -> XmlHead | None:
        return read_head(self.text) if self.is_xml else None

    @cached_property
    def page(self) -> HtmlElement | None:
        """The beginning of an HTML page, or None."""
        return page_of(self.text) if is_page(self.text) else None

    @cached_property
    def headers(self) -> list[frozenset[str]]:
        """The first lines as CSV cells, once per delimiter, or those of a workbook; the header is one of them."""
        workbook = workbook_of(self.archive)
        if workbook is not None:
            return [frozenset(cells) for cells in workbook.first_rows()]
        if self.is_json or self.is_xml or self.archive is not None:
            return []
        text = self.text.decode("utf-8", "replace")
        return [frozenset(cells) for _, _, cells in header_candidates(text) if len(cells) > 1]


Sniff = Callable[[Probe], int]
"""0 = not this format; else how specific the match is, the most specific format wins."""


class JsonKeys:
    """Values at these paths are there (`Issues.item.rule_id`: in one of the first elements, `*`: under one of the first keys).

    `values` maps paths to what the text there must match (a regular expression, whole); `later` names keys that only
    need to be there when the whole file is in the probe; `absent` must not be there; `empty` are lists with nothing in.
    """

    def __init__(
        self,
        *paths: str,
        values: dict[str, str] | None = None,
        later: tuple[str, ...] = (),
        absent: tuple[str, ...] = (),
        empty: tuple[str, ...] = (),
    ) -> None:
        self._paths = paths
        self._values = {path: re.compile(pattern) for path, pattern in (values or {}).items()}
        self._later = later
        self._absent = absent
        self._empty = empty

    def __call__(self, probe: Probe) -> int:
        if probe.is_lenient:
            return max(self.lenient_score(probe.json), self.lenient_score(probe.objects))
        if probe.is_listed:
            each = (self.score(report, is_complete=probe.is_complete) for report in probe.objects)
            return min(each, default=0)
        return self.score(probe.json, is_complete=probe.is_complete)

    def score(self, document: Json, *, is_complete: bool) -> int:
        if document is MISSING or any(find(document, path) is not MISSING for path in self._absent):
            return 0
        if any(find(document, path) is MISSING for path in self._paths):
            return 0
        if any(find(document, path) not in ([], None) for path in self._empty):
            return 0
        later = [find(document, path) is not MISSING for path in self._later]
        if is_complete and not all(later):
            return 0
        if not all(self._fits(document, path) for path in self._values):
            return 0
        steps = sum(path.count(".") + 1 for path in (*self._paths, *self._empty))
        return 1 + steps + sum(later) + sum(path.count(".") + 3 for path in self._values)

    def lenient_score(self, document: Json) -> int:
        """The same where a key in four may be missing; for lists of objects, one object alone will do."""
        if any(find(document, path, leniently=True) is not MISSING for path in self._absent):
            return 0
        if any(find(document, path) not in ([], None) for path in self._empty):
            return 0
        found = [path for path in self._paths if find(document, path, leniently=True) is not MISSING]
        told = [path for path in self._values if find(document, path, leniently=True) is not MISSING]
        looks = len(self._paths) + len(self._values)
        missing = looks - len(found) - len(told)
        fits = all(self._fits(document, path, leniently=True) for path in told)
        if missing > looks // FOR_EACH_MISSING or not fits:
            return 0
        return sum(path.count(".") + 1 for path in (*found, *self._empty)) + 2 * len(told)

    def _fits(self, document: Json, path: str, *, leniently: bool = False) -> bool:
        value = find(document, path, leniently=leniently)
        return isinstance(value, str | int | float) and bool(self._values[path].fullmatch(str(value)))


class JsonLineKeys(JsonKeys):
    """The same for one of the first objects of JSON Lines (or of an array of such objects)."""

    def __call__(self, probe: Probe) -> int:
        if probe.is_lenient:
            return max(map(self.lenient_score, probe.objects), default=0)
        if (probe.text[:1] != b"[" and not probe.is_json_lines) or probe.is_listed:
            return 0
        scores = (self.score(each, is_complete=probe.is_complete) for each in probe.objects)
        return max(scores, default=0)


class XmlRoot:
    """The root element (without its namespace), attributes it has, and paths seen below it; `says` finds something in its beginning."""

    def __init__(
        self,
        root: str,
        *paths: str,
        namespace: str | None = None,
        attributes: tuple[str, ...] = (),
        values: dict[str, str] | None = None,
        says: str | None = None,
    ) -> None:
        self._root = root
        self._paths = paths
        self._says = re.compile(says.encode()) if says is not None else None
        self._namespace = re.compile(namespace) if namespace is not None else None
        self._attributes = attributes
        self._values = {name: re.compile(pattern) for name, pattern in (values or {}).items()}

    def __call__(self, probe: Probe) -> int:
        head = probe.xml
        if head is None or head.root != self._root or not head.paths.issuperset(self._paths):
            return 0
        if self._namespace is not None and not self._namespace.fullmatch(head.namespace):
            return 0
        if not all(name in head.attributes for name in self._attributes):
            return 0
        if not all(
            pattern.fullmatch(head.attributes.get(name, "")) for name, pattern in self._values.items()
        ):
            return 0
        if self._says is not None and not self._says.search(probe.text):
            return 0
        below = 2 * (self._says is not None) + sum(path.count("/") + 1 for path in self._paths)
        return 2 + below + len(self._attributes) + 2 * len(self._values) + 2 * (self._namespace is not None)


class CsvHeader:
    """One of the first lines names all these columns."""

    def __init__(self, *columns: str) -> None:
        self._columns = frozenset(columns)

    def __call__(self, probe: Probe) -> int:
        if probe.is_lenient:
            return max((count_of(self._columns, header) for header in probe.headers), default=0)
        return 1 + len(self._columns) if any(self._columns <= header for header in probe.headers) else 0


class HtmlPage:
    """An HTML page in whose beginning all these XPaths find something (`//title[contains(., "Acme")]`)."""

    def __init__(self, *xpaths: str) -> None:
        self._xpaths = [etree.XPath(xpath) for xpath in xpaths]

    def __call__(self, probe: Probe) -> int:
        page = probe.page
        return 2 + len(self._xpaths) if page is not None and all(look(page) for look in self._xpaths) else 0


class TextLines:
    """A plain text in whose beginning each of these regular expressions finds something (`^` and `$` at every line)."""

    def __init__(self, *patterns: str) -> None:
        self._patterns = [re.compile(pattern.encode(), re.MULTILINE) for pattern in patterns]

    def __call__(self, probe: Probe) -> int:
        if probe.is_xml or probe.text[:1] == b"{":  # `[12:30:01]` may begin a log
            return 0
        if not all(pattern.search(probe.text) for pattern in self._patterns):
            return 0
        return 1 + len(self._patterns)


class InArchive:
    """A ZIP archive with a member of such a name (`*audit.fvdl`), in which `sniff` sees its format."""

    def __init__(self, pattern: str, sniff: Sniff) -> None:
        self._pattern = pattern
        self._sniff = sniff

    def __call__(self, probe: Probe) -> int:
        if probe.archive is None:
            return 0
        members = islice(probe.archive.members(self._pattern), _MEMBERS_LOOKED_AT)
        return max((self._score(member, probe.is_lenient) for member in members), default=0)

    def _score(self, member: Source, is_lenient: bool) -> int:  # noqa: FBT001 — the probe's own mode, handed on
        try:
            inside = Probe(member)
            inside.is_lenient = is_lenient
            score = self._sniff(inside)
        except ReportError as error:
            if error.code.startswith("archive_"):
                raise
            return 0
        return score + 2 if score else 0


class AnyOf:
    """One of several looks; the most specific that fits counts."""

    def __init__(self, *sniffs: Sniff) -> None:
        self._sniffs = sniffs

    def __call__(self, probe: Probe) -> int:
        return max(sniff(probe) for sniff in self._sniffs)


def find(value: Json, path: str, *, leniently: bool = False) -> Any:
    """The value at a path, or MISSING; `item` is the first element that has it, `*` the first such key's value.

    `leniently`, an object where a list is looked for is its only element.
    """
    return _seek(value, path.split(".") if path else [], leniently=leniently)


def _seek(value: Json, steps: list[str], *, leniently: bool) -> Any:
    for index, step in enumerate(steps):
        if step == "item" and isinstance(value, list):
            return _first_of(value, steps[index + 1 :], leniently=leniently)
        if not isinstance(value, dict):
            return MISSING
        if step == "*":
            return _first_of(value.values(), steps[index + 1 :], leniently=leniently)
        if not (leniently and step == "item" and index):
            value = value.get(step, MISSING)
    return value


def _first_of(values: Iterable[Json], steps: list[str], *, leniently: bool) -> Any:
    found = (_seek(value, steps, leniently=leniently) for value in islice(values, _ELEMENTS_LOOKED_AT))
    return next((each for each in found if each is not MISSING), MISSING)


def _objects_in(value: Json) -> list[Json]:
    """An array's first elements, where they are lists (pages) theirs; or the one object."""
    if not isinstance(value, list):
        return [value] if isinstance(value, dict) else []
    return [*chain(*(each if isinstance(each, list) else [each] for each in value[:_ELEMENTS_LOOKED_AT]))]


def _partial_json(text: bytes) -> Json:
    """Decodes a document of which only the beginning is there: cut after its last complete part, and closed."""
    cuts = _cuts(text)
    return _closed(text, cuts[-1]) if cuts else MISSING


def _closed(text: bytes, cut: tuple[int, bytes]) -> Json:
    end, closers = cut
    try:
        return decode_value(text[:end] + closers)
    except UnreadableValue:
        return MISSING


def _cuts(text: bytes) -> list[tuple[int, bytes]]:
    """Where complete parts end, and what closes the document there; none where no report is nested so deeply."""
    stack: list[bytes] = []
    cuts: list[tuple[int, bytes]] = []
    deepest = 0
    for match in _marks(text):
        mark = match.group()
        end = match.end()
        if mark in _CLOSING:
            stack.append(_CLOSING[mark])
        elif mark == b",":
            end = match.start()
        elif stack:
            stack.pop()
        deepest = max(deepest, len(stack))
        if deepest > MAX_DEPTH:
            raise ReportError(
                "nesting_too_deep", f"The JSON is nested more than {MAX_DEPTH} levels deep.", "first 64 KiB"
            )
        cuts.append((end, b"".join(reversed(stack))))
        if not stack and mark != b",":
            break
    return cuts if deepest <= _DEEPEST else []


def _marks(text: bytes) -> Iterator[re.Match[bytes]]:
    for match in _MARK.finditer(text):
        mark = match.group()
        if mark == b'"':
            return
        if mark[:1] != b'"':
            yield match
