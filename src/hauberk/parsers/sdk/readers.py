"""What one item of a report is: a JSON value at a path, a JSON line, an XML element, a CSV row."""

import csv
import io
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from typing import Any, Protocol

from hauberk.domain.reported import ItemProblem
from hauberk.parsers.sdk.archive import Archive, archive_of
from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.items import read_item, with_lists_of_one
from hauberk.parsers.sdk.json_text import MAX_DEPTH, Json, Unreadable, UnreadableValue, decode_value
from hauberk.parsers.sdk.json_walk import MAX_VALUE, JsonWalker
from hauberk.parsers.sdk.lenience import LenientRow, count_of
from hauberk.parsers.sdk.node import Node
from hauberk.parsers.sdk.page import HtmlElement, read_page
from hauberk.parsers.sdk.source import Source
from hauberk.parsers.sdk.unchanged import Unchanged
from hauberk.parsers.sdk.workbook import workbook_of
from hauberk.parsers.sdk.xml_walk import XmlHead, XmlWalker, read_head

Row = dict[str, str]
"""A CSV row by column name, stripped."""

_MAX_LINE = 1024 * 1024
_MAX_COLUMNS = 2_000

csv.field_size_limit(8 * 1024 * 1024)


class Report:
    """A report being read, for parsers that need more than one item at a time. Every call reads from the start."""

    def __init__(
        self,
        source: Source,
        problems: list[ItemProblem] | None = None,
        unchanged: Unchanged | None = None,
        *,
        is_lenient: bool = False,
        is_listed: bool = False,
    ) -> None:
        self._source = source
        self.is_lenient = is_lenient
        """It was recognised only when looked at leniently."""
        self._is_listed = is_listed
        self.has_lists_of_one = False
        """What is read from here on: objects also stand for lists of which they are the only element."""
        self.problems: list[ItemProblem] = [] if problems is None else problems
        self.unchanged = unchanged
        """Set by an import: what need not be read again, once the parser has told the circumstances."""
        self.objects_for_lists: list[str] = []
        """Where an object was taken for the only element of a list."""
        self.reached: set[str] = set()
        """The JSON paths asked for whose list or object was there, even when empty."""

    def json(
        self, *paths: str, required: str | None = None, many: bool = False, sifted: bool = False
    ) -> Iterator[Node]:
        """The values at these paths, in document order; unreadable ones are skipped and noted as problems.

        What is null is not there, but for a member of an object (`*`): its name may say enough. In a list, it is noted.

        With `many`, the file may be several documents, one after another, with a comma behind a last element. `sifted`: elements that are known word for word
        may be left out (`unchanged`). For parsers that yield all that an element says before they take the next, and for
        which nothing else counts than its text and what they told.
        """
        unchanged = self.unchanged if sifted else None
        named = dict(zip(paths, paths, strict=True))
        reached = yield from self._walk(named, many=many or self.is_lenient, unchanged=unchanged)
        alone = {path[len("item.") :]: path for path in paths if path.split(".")[0] == "item"}
        if alone and not reached and self.is_lenient and self.is_object:
            # One object, or several one after another, where a list of them is declared.
            reached = yield from self._walk(alone, many=True)
        self.reached |= reached
        if required is not None and required not in reached:
            name = required.removesuffix(".item").removesuffix(".*")
            raise ReportError("schema_mismatch", f"The report has no list “{name}”.")

    def _walk(
        self, named: dict[str, str], *, many: bool, unchanged: Unchanged | None = None
    ) -> Generator[Node, None, set[str]]:
        """The values at the paths, by the names that they go by; in the end, which of the names were there."""
        walker = JsonWalker(
            self._source.open(),
            tuple(named),
            many=many,
            listed=self._is_listed,
            unchanged=unchanged,
            lines_before=self._source.lines_before,
        )
        for node in walker:
            if isinstance(node.value, Unreadable):
                self.problems.append(ItemProblem(position=node.position, reason=node.value.reason))
            elif node.value is None and node.pattern and not node.pattern.endswith("*"):
                if isinstance(node.key, int):
                    self.problems.append(ItemProblem(position=node.position, reason="it is null"))
            else:
                name = named[node.pattern]
                value = with_lists_of_one(node.value) if self.has_lists_of_one else node.value
                is_as_it_is = name == node.pattern and value is node.value
                yield node if is_as_it_is else Node(name, value, node.key, node.container)
        self.objects_for_lists += walker.objects_for_lists
        return {named.get(path, path) for path in walker.reached}

    @cached_property
    def is_object(self) -> bool:
        """The text begins with an object, not with a list; or it is a list of such reports."""
        if self._is_listed:
            return True
        with self._source.open() as stream:
            return stream.peek(4096)[:4096].lstrip()[:1] != b"["

    def document(self) -> Json:
        """The whole JSON document at once: for formats whose reports stay small."""
        document, *others = [node.value for node in self.json("")] or [None]
        if others:
            raise ReportError(
                "schema_mismatch", f"There are {len(others) + 1} reports in one: give each by itself."
            )
        return document

    def json_lines(self) -> Iterator[Node]:
        """One JSON object a line, or the same objects in one array, or in an array of such pages (`gh api --slurp`)."""
        if self.is_lenient or not self.is_object:
            for node in self.json("" if self.is_object else "item", many=True):
                page = node.value if isinstance(node.value, list) else None
                inside = (Node("item", each, key, node.position) for key, each in enumerate(page or ()))
                yield from (node,) if page is None else inside
            return
        stream = self._source.open()
        read_any, last = False, ""
        for number, line in enumerate(iter(lambda: stream.readline(MAX_VALUE + 1), b""), start=1):
            if len(line) > MAX_VALUE:
                raise ReportError(
                    "value_too_large", f"The line is larger than {MAX_VALUE >> 20} MiB.", f"line {number}"
                )
            if not line.strip():
                continue
            try:
                value = _decode_line(line)
            except UnreadableValue as error:
                last = str(error)
                self.problems.append(ItemProblem(position=f"line {number}", reason=last))
            else:
                read_any = True
                yield Node("", value, f"line {number}", "")
        if not read_any:
            raise ReportError(
                "syntax_error" if last else "empty_file", last or "The file is empty.", "line 1"
            )

    def xml(self, *paths: str) -> Iterator[Node]:
        """The elements at these paths (`site/alerts/alertitem`, from below the root, without namespaces)."""
        return iter(XmlWalker(self._source, paths))

    def xml_root(self) -> XmlHead:
        """The root element with its attributes, and the paths in the document's first MiB."""
        prolog, _ = XmlWalker(self._source, ()).prolog()
        head = read_head(prolog.lstrip())
        if head is None:
            raise ReportError("syntax_error", "The file has no XML root element.", "line 1")
        return head

    def page(self) -> HtmlElement:
        """The whole HTML page."""
        return read_page(self._source)

    def lines(self) -> Iterator[Node]:
        """The lines of a plain text, as they stand, without the end of line."""
        stream = self._source.open(repair=True)
        read_any = False
        for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE + 1), b""), start=1):
            if len(line) > _MAX_LINE:
                raise ReportError(
                    "value_too_large", f"The line is longer than {_MAX_LINE >> 20} MiB.", f"line {number}"
                )
            read_any = True
            yield Node("", line.decode("utf-8", "replace").rstrip("\r\n"), f"line {number}", "")
        if not read_any:
            raise ReportError("empty_file", "The file is empty.")

    @cached_property
    def archive(self) -> Archive | None:
        """The ZIP archive that the file is, or None."""
        return archive_of(self._source)

    def members(self, *patterns: str) -> "Iterator[Report]":
        """The members of the archive whose names fit (`*.json`), each a report; none where the file is no archive."""
        if self.archive is not None:
            for member in self.archive.members(*patterns):
                yield Report(member, self.problems, is_lenient=self.is_lenient)

    def member(self, *patterns: str) -> "Report | None":
        """The first of those members."""
        return next(self.members(*patterns), None)

    def rows(self, *columns: str, headless: bool = False) -> Iterator[Node]:
        """The rows below the first line that names all these columns: of a CSV file, or of the sheets of a workbook.

        `headless`: no line names them; every line of the CSV file is a row.
        """
        workbook = workbook_of(self.archive)
        if workbook is not None:
            yield from workbook.tables(columns, leniently=self.is_lenient)
            return
        stream = io.TextIOWrapper(self._source.open(repair=True), encoding="utf-8", newline="")
        head = stream.read(64 * 1024)
        if headless and not head.strip():
            raise ReportError("empty_file", "The file is empty.")
        delimiter, skip, header = (
            (",", -1, list(columns)) if headless else find_header(head, columns, leniently=self.is_lenient)
        )
        is_exact = set(columns) <= set(header)
        if len(header) > _MAX_COLUMNS:
            raise ReportError(
                "too_many_items", f"The table has more than {_MAX_COLUMNS:,} columns.", f"line {skip + 1}"
            )
        rest = csv.reader(_chained(head, stream), delimiter=delimiter)
        start = 1
        try:
            for index, cells in enumerate(rest):
                if index > skip and any(cells) and not _is_rule(delimiter, cells):
                    if len(cells) > len(header) + 1000:
                        raise ReportError("too_many_items", "The row has too many cells.", f"line {start}")
                    values = chain(map(str.strip, cells), repeat("", len(header) - len(cells)))
                    row = dict(zip(header, values, strict=False))
                    yield Node("", row if is_exact else LenientRow(row, columns), f"line {start}", "")
                start = rest.line_num + 1
        except csv.Error as error:
            raise ReportError(
                "value_too_large",
                f"A CSV row cannot be read ({error}); is a quote never closed?",
                f"line {start}",
            ) from error

    def read(self, nodes: Iterator[Node], function: Callable[[Any], Iterator[Any]]) -> Iterator[Any]:
        """What `function` yields for each value; an item that it cannot read becomes a problem."""
        for node in nodes:
            yield from read_item(function, node.value, node)

    @staticmethod
    def read_one(node: Node, function: Callable[[Any], Iterator[Any]]) -> Iterator[Any]:
        """The same of one value: `report.read_one(node, partial(_finding, host))`."""
        return read_item(function, node.value, node)

    def drain(self) -> list[ItemProblem]:
        problems = self.problems[:]
        self.problems.clear()
        return problems


class Items(Protocol):
    """What `items=` of a parser takes."""

    def nodes(self, report: Report, header: Sequence[str]) -> Iterator[Node]:
        """The items; nodes at the header's paths come between them."""
        ...


@dataclass(frozen=True)
class JsonItems:
    """The values at a path: `Issues.item`, `advisories.*`, `item` for a top-level array."""

    path: str

    def nodes(self, report: Report, header: Sequence[str]) -> Iterator[Node]:
        if report.unchanged is not None:
            report.unchanged.under()
        return report.json(self.path, *header, required=self.path, sifted=True)


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line, or the same objects in one array."""

    def nodes(self, report: Report, header: Sequence[str]) -> Iterator[Node]:  # noqa: ARG002 — lines have no header
        return report.json_lines()


@dataclass(frozen=True)
class XmlElements:
    """The elements at a path from below the root: `site/alerts/alertitem`; a header's may end in an attribute (`@version`)."""

    path: str

    def nodes(self, report: Report, header: Sequence[str]) -> Iterator[Node]:
        attributes = {path: path.rpartition("@")[::2] for path in header if "@" in path}
        elements = [path for path in header if path not in attributes]
        for path, (element, name) in attributes.items():
            if not element:
                yield Node(path, report.xml_root().attributes.get(name), name, "")
        above = {element.rstrip("/") for element, _ in attributes.values() if element}
        for node in report.xml(*{self.path, *elements, *above}):
            for path, (element, name) in attributes.items():
                if element.rstrip("/") == node.pattern:
                    yield Node(path, node.value.get(name), name, node.pattern)
            if node.pattern == self.path or node.pattern in elements:
                yield node


class CsvRows:
    """The rows below the line that names these columns, of a CSV file or a workbook."""

    def __init__(self, *columns: str) -> None:
        self.columns = columns

    def nodes(self, report: Report, header: Sequence[str]) -> Iterator[Node]:  # noqa: ARG002 — rows have no header
        return report.rows(*self.columns)


def find_header(head: str, columns: Sequence[str], *, leniently: bool = False) -> tuple[str, int, list[str]]:
    """The delimiter, the header's row index and its cells."""
    for delimiter, index, cells in header_candidates(head):
        if set(columns) <= set(cells):
            return delimiter, index, cells
    if leniently:
        best = max(header_candidates(head), key=lambda each: count_of(columns, each[2]))
        if count_of(columns, best[2]):
            return best
    if not head.strip():
        raise ReportError("empty_file", "The file is empty.")
    raise ReportError("schema_mismatch", f"No line of the CSV names the columns {', '.join(columns)}.")


def header_candidates(head: str) -> Iterator[tuple[str, int, list[str]]]:
    lines = head.splitlines(keepends=True)[:30]
    for delimiter in ",;\t|":
        rows = csv.reader(lines, delimiter=delimiter)
        try:
            for index, cells in enumerate(rows):
                yield delimiter, index, [cell.strip() for cell in cells]
        except csv.Error:
            continue


def _is_rule(delimiter: str, cells: list[str]) -> bool:
    """The line below the header of a Markdown table: `-----|:---:`."""
    return delimiter == "|" and all(map(_RULE.fullmatch, cells))


_RULE = re.compile(r"\s*(?::?-+:?)?\s*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def _chained(head: str, stream: io.TextIOWrapper) -> Iterator[str]:
    """Lines of what was peeked, then of the rest; the line that the peek cut in two is joined."""
    *whole, last = _LINE.findall(head) or [""]
    yield from whole
    yield last + stream.readline()
    yield from stream


def _decode_line(line: bytes) -> Json:
    if line.count(b"[") + line.count(b"{") > MAX_DEPTH:
        node = next(iter(JsonWalker(io.BytesIO(line), [""])))
        if isinstance(node.value, Unreadable):
            raise UnreadableValue(node.value.reason)
        return node.value
    return decode_value(line)
