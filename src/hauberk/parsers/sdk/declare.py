"""The `@parser` declaration: what a format is called, how it is recognised, and the generator that reads it."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from msgspec import Struct

from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.sdk.coerce import text, timestamp
from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.items import UNREADABLE, UnreadableItem, read_item, reason_of, yielded
from hauberk.parsers.sdk.probe import Sniff
from hauberk.parsers.sdk.readers import Items, Report
from hauberk.parsers.sdk.soundness import flaw_of, mended, titled
from hauberk.parsers.sdk.strictness import strictly
from hauberk.parsers.sdk.xml_walk import XmlElement

Record = ReportedFinding | ReportHeader | ItemProblem
Repeats = Literal["hosts", "hosts and ports"]
Findings = Iterator[Record]
"""What a parser yields."""

_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
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
    may_be_blank: bool = False
    """A run that finds nothing leaves an empty file; one that is named as this format is read as such a run."""


@dataclass(frozen=True)
class Parser:
    """One format: its description, how to recognise it and how to read it."""

    info: FormatInfo
    sniff: Sniff
    items: Items | None
    header: Mapping[str, str]
    function: Callable[[Any], Findings]

    @property
    def is_ours(self) -> bool:
        """It comes with Hauberk, not from another package."""
        return getattr(self.function, "__module__", "").partition(".")[0] == "hauberk"

    def records(self, report: Report) -> Findings:
        """Everything in the report. Raises ReportError where its container is broken or is not this format."""
        records = self._item_by_item(report, self.items) if self.items else self._as_a_whole(report)
        count = 0
        for record in records if self.is_ours else strictly(records):
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
        """Where it fails before its first result, once more with objects that also stand for lists of one; that must give one."""
        begun = False
        try:
            for record in yielded(self.function, report):
                begun = begun or isinstance(record, ReportedFinding)
                yield record
            if report.has_lists_of_one and not begun:
                raise UnreadableItem("there is no result in it")
        except UNREADABLE as error:
            if not begun and not report.has_lists_of_one:
                report.drain()
                report.has_lists_of_one = True
                with suppress(ReportError):
                    yield from self._as_a_whole(report)
                    return
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
            yield from read_item(self.function, node.value, node)
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
    may_be_blank: bool = False,
) -> Callable[[Callable[[Any], Findings]], Parser]:
    """Declares a format. With `items` the function gets one item, without it the whole `Report`.

    `header` maps fields of ReportHeader to paths beside the items (`{"scanned_at": "generated_at"}`).
    The function's docstring says how to get the report out of the scanner.
    """
    unknown = set(header or ()) - _HEADER_FIELDS
    if unknown:
        raise TypeError(f"{id}: a report header has no {', '.join(sorted(unknown))}")
    if header and items is None:
        raise TypeError(
            f"{id}: a header is read beside items; a function of the whole report yields ReportHeader"
        )
    if not callable(sniff):
        raise TypeError(
            f"{id}: sniff is {type(sniff).__name__}, where it has to be a look such as JsonKeys(…)"
        )
    if items is not None and not hasattr(items, "nodes"):
        raise TypeError(
            f"{id}: items is {type(items).__name__}, where it has to be JsonItems(…) or another of its kind"
        )

    def declare(function: Callable[[Any], Findings]) -> Parser:
        if not inspect.isfunction(function):
            raise TypeError(f"{id}: @parser(…) belongs before a function")
        info = _checked(
            FormatInfo(
                id=id,
                scanner=scanner,
                title=title or scanner,
                kinds=tuple(kinds),
                docs=docs,
                versions=versions,
                export=inspect.cleandoc(function.__doc__ or ""),
                repeats_over=repeats_over,
                may_be_blank=may_be_blank,
            )
        )
        return Parser(info=info, sniff=sniff, items=items, header=header or {}, function=function)

    return declare


def _checked(info: FormatInfo) -> FormatInfo:
    """In the types that it says. Raises TypeError with what is wrong: the id is part of addresses and commands."""
    if not (isinstance(info.id, str) and _ID.fullmatch(info.id)):
        raise TypeError(
            f"{info.id!r} is no id of a format: lower-case words with dashes between, as in acme-scan-json"
        )
    try:
        return msgspec.convert(msgspec.to_builtins(info), FormatInfo)
    except msgspec.ValidationError as error:
        raise TypeError(f"{info.id}: the declaration is wrong: {error}") from error
