"""The `@parser` declaration: what a format is called, how it is recognised, and the generator that reads it."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from msgspec import Struct

from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.sdk.coerce import text, timestamp
from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.items import UNREADABLE, read_item, reason_of
from hauberk.parsers.sdk.probe import Sniff
from hauberk.parsers.sdk.readers import Items, Report
from hauberk.parsers.sdk.soundness import flaw_of, mended, titled
from hauberk.parsers.sdk.xml_walk import XmlElement

Record = ReportedFinding | ReportHeader | ItemProblem
Repeats = Literal["hosts", "hosts and ports"]
Findings = Iterator[Record]
"""What a parser yields."""

_HEADER_FIELDS = {field for field in ReportHeader.__struct_fields__ if field not in ("targets", "is_partial")}


class FormatInfo(Struct, frozen=True, kw_only=True):
    """What people are told of a format."""

    id: str
    scanner: str
    title: str
    kinds: tuple[FindingKind, ...]
    docs: str
    versions: str = ""
    """Which versions of the scanner or schema are read."""
    export: str = ""
    """How to get this report out of the scanner."""
    repeats_over: Repeats | None = None
    """The report repeats a problem for each of these; `hauberk parse` shows it once, with all of them."""


@dataclass(frozen=True)
class Parser:
    """One format: its description, how to recognise it and how to read it."""

    info: FormatInfo
    sniff: Sniff
    items: Items | None
    header: Mapping[str, str]
    function: Callable[[Any], Findings]

    def records(self, report: Report) -> Findings:
        """Everything in the report. Raises ReportError where its container is broken or is not this format."""
        records = self._item_by_item(report, self.items) if self.items else self._as_a_whole(report)
        count = 0
        for record in records:
            if isinstance(record, ReportedFinding):
                count += 1
                record = record if record.title else titled(record)  # noqa: PLW2901 — it is the same result
                flaw = flaw_of(record)
                if flaw and flaw_of(sound := mended(record)) is None:
                    record = sound  # noqa: PLW2901
                elif flaw:
                    yield ItemProblem(position=f"finding {count}", reason=flaw)
                    continue
            yield record
            if report.problems:
                yield from report.drain()
        yield from report.drain()

    def _as_a_whole(self, report: Report) -> Findings:
        try:
            yield from self.function(report)
        except UNREADABLE as error:
            raise ReportError(
                "schema_mismatch", f"The file is not the {self.info.title} it looks like: {reason_of(error)}."
            ) from error

    def _item_by_item(self, report: Report, items: Items) -> Findings:
        paths = {path: field for field, path in self.header.items()}
        said: dict[str, Any] = {}
        for node in items.nodes(report, tuple(paths)):
            if node.pattern in paths:
                field = paths[node.pattern]
                value = "".join(node.value.itertext()) if isinstance(node.value, XmlElement) else node.value
                said[field] = timestamp(value) if field == "scanned_at" else text(value)
                continue
            yield from read_item(self.function, node.value, node.position)
        if any(value is not None for value in said.values()):
            yield msgspec.convert(said, ReportHeader)


def parser(
    *,
    id: str,  # noqa: A002 — the word that a format's author looks for
    scanner: str,
    docs: str,
    kinds: Sequence[FindingKind],
    sniff: Sniff,
    items: Items | None = None,
    header: Mapping[str, str] | None = None,
    title: str = "",
    versions: str = "",
    repeats_over: Repeats | None = None,
) -> Callable[[Callable[[Any], Findings]], Parser]:
    """Declares a format. With `items` the function gets one item, without it the whole `Report`.

    `header` maps fields of ReportHeader to paths beside the items (`{"scanned_at": "generated_at"}`).
    The function's docstring says how to get the report out of the scanner.
    """
    unknown = set(header or ()) - _HEADER_FIELDS
    if unknown:
        raise TypeError(f"{id}: a report header has no {', '.join(sorted(unknown))}")

    def declare(function: Callable[[Any], Findings]) -> Parser:
        info = FormatInfo(
            id=id,
            scanner=scanner,
            title=title or scanner,
            kinds=tuple(kinds),
            docs=docs,
            versions=versions,
            export=inspect.cleandoc(function.__doc__ or ""),
            repeats_over=repeats_over,
        )
        return Parser(info=info, sniff=sniff, items=items, header=header or {}, function=function)

    return declare
