"""Workbook: the rows of an XLSX file's sheets as text, streamed. Formulas are not computed: their saved results are read."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice, zip_longest

from hauberk.parsers.sdk.archive import Archive, Member
from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.lenience import LenientRow, count_of
from hauberk.parsers.sdk.node import Node
from hauberk.parsers.sdk.xml_walk import XmlElement, XmlWalker, local_name

_HEADER_ROWS = 30
_MAX_TEXT = 256 * 1024 * 1024
_A_TEXT = 64  # what one costs in memory besides its characters
_MAX_SHEETS = 500
_COLUMN = re.compile(r"([A-Z]{1,3})\d*")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
# ECMA-376, 18.8.30: the built-in number formats that show a date or a time.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_EPOCH, _EPOCH_OF_MACS = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 — sheets know no zones

Cells = list[str]


class Workbook:
    """The sheets of an XLSX file, in order."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._epoch = _EPOCH
        self._shared: list[str] | None = None
        self._date_styles: set[int] | None = None
        self.sheets = self._find_sheets()

    def tables(self, columns: Sequence[str], *, leniently: bool = False) -> Iterator[Node]:
        """The rows, by column name, below the first line of each sheet that names all these columns."""
        found = False
        for name, sheet in self.sheets:
            rows = self._rows(sheet)
            head = list(islice(rows, _HEADER_ROWS))
            start = next((i for i, (_, cells) in enumerate(head) if set(columns) <= set(cells)), None)
            is_exact = start is not None
            if start is None and leniently:
                start = next((i for i, (_, cells) in enumerate(head) if count_of(columns, cells)), None)
            if start is None:
                continue
            found, header = True, head[start][1]
            for number, cells in chain(head[start + 1 :], rows):
                if any(cells):
                    row = dict(zip_longest(header, cells[: len(header)], fillvalue=""))
                    value = row if is_exact else LenientRow(row, columns)
                    yield Node("", value, f"sheet {name}, row {number}", "")
        if not found:
            raise ReportError(
                "schema_mismatch", f"No sheet of the workbook names the columns {', '.join(sorted(columns))}."
            )

    def first_rows(self) -> Iterator[Cells]:
        """The first rows of every sheet, among which the headers are."""
        for _, sheet in self.sheets:
            for _, cells in islice(self._rows(sheet), _HEADER_ROWS):
                yield cells

    def _find_sheets(self) -> list[tuple[str, Member]]:
        files = {}
        for relation in self._part("xl/_rels/workbook.xml.rels", "Relationship"):
            target = relation.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            files[relation.get("Id")] = next(self._archive.members(path), None)
        sheets: list[tuple[str, Member]] = []
        for element in self._part("xl/workbook.xml", "workbookPr", "sheets/sheet"):
            if local_name(element.tag) == "workbookPr":
                self._epoch = _EPOCH_OF_MACS if element.get("date1904") in ("1", "true") else _EPOCH
                continue
            names = (value for key, value in element.attrib.items() if local_name(key) == "id")
            member = files.get(next(names, None))
            if member is not None and len(sheets) < _MAX_SHEETS:
                sheets.append((element.get("name", ""), member))
        return sheets

    def _part(self, name: str, *paths: str) -> Iterator[XmlElement]:
        for member in self._archive.members(name):
            for node in XmlWalker(member, paths):
                yield node.value

    def _rows(self, sheet: Member) -> Iterator[tuple[int, Cells]]:
        for index, node in enumerate(XmlWalker(sheet, ["sheetData/row"]), start=1):
            cells: Cells = []
            for cell in node.value:
                place = _column(cell.get("r", ""))
                if place is not None and place > len(cells):
                    cells.extend([""] * (place - len(cells)))
                cells.append(self._text(cell))
            number = node.value.get("r", "")
            yield int(number) if number.isdecimal() and len(number) < 9 else index, cells

    def _text(self, cell: XmlElement) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _words(cell)
        value = next((child.text or "" for child in cell if local_name(child.tag) == "v"), "").strip()
        if kind == "s":
            shared = self._shared_texts()
            return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, "")
        if kind == "n" and value:
            return self._number(value, cell.get("s", "0"))
        return "" if kind == "e" else value

    def _number(self, value: str, style: str) -> str:
        try:
            number = float(value)
            if style != "0" and style.isdecimal() and int(style) in self._dates():
                return (self._epoch + timedelta(days=number)).isoformat(" ", "seconds")
        except (ValueError, OverflowError):
            return value
        return value if value.lstrip("-").isdecimal() else f"{number:.15g}"

    def _shared_texts(self) -> list[str]:
        if self._shared is None:
            self._shared, size = [], 0
            for element in self._part("xl/sharedStrings.xml", "si"):
                self._shared.append(_words(element))
                size += len(self._shared[-1]) + _A_TEXT
                if size > _MAX_TEXT:
                    raise ReportError("value_too_large", "The workbook holds too much text.")
        return self._shared

    def _dates(self) -> set[int]:
        """The indexes of the cell styles that show numbers as dates."""
        if self._date_styles is None:
            formats, self._date_styles, count = set(_DATE_FORMATS), set(), 0
            for element in self._part("xl/styles.xml", "numFmts/numFmt", "cellXfs/xf"):
                number = element.get("numFmtId", "")
                if local_name(element.tag) == "numFmt":
                    shown = _QUOTED.sub("", element.get("formatCode", "")).lower()
                    if number.isdecimal() and ("yy" in shown or "d" in shown or "h:" in shown):
                        formats.add(int(number))
                    continue
                if number.isdecimal() and int(number) in formats:
                    self._date_styles.add(count)
                count += 1
        return self._date_styles


def workbook_of(archive: Archive | None) -> Workbook | None:
    """The workbook that this archive is, or None."""
    if archive is None or next(archive.members("xl/workbook.xml"), None) is None:
        return None
    return Workbook(archive)


def _words(element: XmlElement) -> str:
    """The text of a cell, without the pronunciation that East Asian texts carry."""
    spoken = {run for hint in element.iter("{*}rPh") for run in hint}
    return "".join(run.text or "" for run in element.iter("{*}t") if run not in spoken).strip()


def _column(reference: str) -> int | None:
    """`C7` → 2."""
    match = _COLUMN.fullmatch(reference)
    if match is None:
        return None
    number = 0
    for letter in match.group(1):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1 if number <= 16_384 else None
