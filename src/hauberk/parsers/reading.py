"""Reading a report: choose its format by content, then stream what it says. Shared by imports and `hauberk parse`.

    open_report(file: BinaryIO, *, format: str | None = None, mapped: Sequence[Parser] = ()) -> OpenedReport
    OpenedReport.format: FormatInfo                (id, scanner, title, kinds, docs, versions, export)
    OpenedReport.also_fits: tuple[str, ...]        ids of other formats that the content also looked like
    OpenedReport.records() -> Iterator[ReportedFinding | ReportHeader | ItemProblem]
    OpenedReport.bytes_read: int                   for progress, in bytes of the file as uploaded (compressed)

`file` must be seekable and is read from its present position; nothing else is opened. Both functions raise ReportError
(`code`, `message`, `position`), `records()` also after it has yielded: use none of it then. Besides only MemoryError
and what reading `file` raises (OSError) can come out.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from traceback import walk_tb
from typing import BinaryIO, NamedTuple

from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.naming import formats_named, formats_of_many
from hauberk.parsers.registry import recognise
from hauberk.parsers.sdk import (
    FormatInfo,
    Json,
    Parser,
    Probe,
    Report,
    ReportError,
    Source,
    danger,
    yaml_text,
)
from hauberk.parsers.sdk.archive import report_in
from hauberk.parsers.sdk.errors import ParserMistake
from hauberk.parsers.sdk.log_lines import without_log_lines
from hauberk.parsers.sdk.probe import PROBE_SIZE
from hauberk.parsers.sdk.unchanged import Unchanged

_OF_ERRORS = ("error", "errors", "errorMessage", "exception", "message")


class Fit(Enum):
    """How a file looks like the format that it is read as."""

    DECLARED = 0
    LENIENT = 1
    LISTED = 2
    """It is an array of reports."""
    NOT_AT_ALL = 3
    BLANK = 4
    """There is nothing in it, as the format has it of a run without results."""


def _fit(probe: Probe) -> Fit:
    return Fit.LENIENT if probe.is_lenient else Fit.LISTED if probe.is_listed else Fit.DECLARED


class OpenedReport:
    """A report whose format is known, not yet read."""

    def __init__(
        self,
        source: Source,
        parser: Parser,
        also_fits: tuple[str, ...] = (),
        *,
        fit: Fit = Fit.DECLARED,
    ) -> None:
        self._source = source
        self._parser = parser
        self._fit = fit
        self.also_fits = also_fits

    @property
    def format(self) -> FormatInfo:
        return self._parser.info

    @property
    def bytes_read(self) -> int:
        return self._source.bytes_read

    @property
    def is_blank(self) -> bool:
        """The file is empty: the scanner found nothing, or it broke off before it wrote."""
        return self._fit is Fit.BLANK

    def records(
        self, unchanged: Unchanged | None = None
    ) -> Iterator[ReportedFinding | ReportHeader | ItemProblem]:
        """What the report says, streamed; call it once. With `unchanged`, without what is known word for word.

        A file that does not look like the format it was named as is believed when there is a result in it. Else it is
        refused: a report of something else, or an error in its place, would count for a clean one.
        """
        if self.is_blank:
            return
        is_lenient, is_listed = self._fit is Fit.LENIENT, self._fit is Fit.LISTED
        if is_listed or self._fit is Fit.NOT_AT_ALL:
            unchanged = None
        try:
            report = Report(self._source, unchanged=unchanged, is_lenient=is_lenient, is_listed=is_listed)
            has_results = has_problems = False
            for record in self._parser.records(report):
                has_results = has_results or isinstance(record, ReportedFinding)
                has_problems = has_problems or isinstance(record, ItemProblem)
                yield record
            if has_problems and not has_results:
                _refuse_objects_for_lists(report)
            if self._fit is Fit.NOT_AT_ALL and not has_results:
                _refuse_mismatch(self._source, self.format, report)
        except (ReportError, MemoryError, OSError):
            raise
        except ParserMistake as error:
            message = f"The reader of {self.format.title} is wrong: {error}."
            raise ReportError("parser_crashed", message) from error
        except (Exception, SystemExit) as error:  # a parser's bug fails this report and nothing else
            what = f"{error!r:.200}{self._place_of(error)}"
            message = f"The reader of {self.format.title} failed on this file: {what}."
            raise ReportError("parser_crashed", message) from error

    def _place_of(self, error: BaseException) -> str:
        """Where in the parser's own folder it was raised, for whoever mends it."""
        code = getattr(self._parser.function, "__code__", None)
        if code is None:
            return ""
        folder = Path(code.co_filename).parent
        frames = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
        places = [f" ({file.name}, line {line})" for file, line in frames if file.parent == folder]
        return places[-1] if places else ""


class Candidates(NamedTuple):
    """The report in a file, and the formats that it could be in, the best first, each with how specific it fits."""

    source: Source
    found: list[tuple[int, Parser]]
    fit: Fit
    is_yaml: bool = False


def candidates(whole: Source, mapped: Sequence[Parser] = ()) -> Candidates:
    """Looks at the beginning of the file. Raises ReportError.

    What none recognises is refused with the best reason that there is: what it is instead.
    """
    danger.refuse_tar(whole)
    source = report_in(whole)
    try:
        probe = Probe(source)
        found = recognise(probe, mapped)
        if not found:
            source, probe, found = _behind_log_lines(source, mapped) or (source, probe, found)
    except ReportError:
        danger.refuse(whole)
        raise
    if not found and (found := _in_yaml(source, mapped)):
        return Candidates(source, found, Fit.DECLARED, is_yaml=True)
    if not found:
        danger.refuse(whole)
    return Candidates(source, found, _fit(probe))


def _in_yaml(
    source: Source, mapped: Sequence[Parser] = (), among: Sequence[Parser] | None = None
) -> list[tuple[int, Parser]]:
    """The formats of which it is a report as they are declared, but in YAML."""
    begun = yaml_text.beginning(source)
    if begun is None:
        return []
    probe = Probe(begun[0])
    probe.is_complete = probe.is_complete and begun[1]
    found = recognise(probe, mapped, among=among)
    return found if _fit(probe) is Fit.DECLARED else []


def _behind_log_lines(
    source: Source, mapped: Sequence[Parser] = (), among: Sequence[Parser] | None = None
) -> tuple[Source, Probe, list[tuple[int, Parser]]] | None:
    """The report that what was printed first hides, where it fits a format as that is declared."""
    for inner in without_log_lines(source):
        probe = Probe(inner)
        found = recognise(probe, mapped, among=among)
        if found and _fit(probe) is Fit.DECLARED:
            return inner, probe, found
    return None


def open_report(
    file: BinaryIO,
    *,
    format: str | None = None,  # noqa: A002 — the word of the API
    mapped: Sequence[Parser] = (),
) -> OpenedReport:
    """Recognises the report, or takes it as the format named. Raises ReportError."""
    whole = Source(file)
    if format is not None:
        danger.refuse_tar(whole)
        named = [each for each in mapped if each.info.id == format][:1] or formats_named(format)
        if not named:
            raise ReportError("unsupported_format", f"There is no format “{format[:60]}”.")
        if danger.has_signature(whole):
            candidates(whole, mapped)
        return _open_named(report_in(whole), format, named)
    source, found, fit, is_yaml = candidates(whole, mapped)
    if not found:
        message = "The file is in no report format that is known here."
        probe = Probe(source)
        if _says_nothing(probe.json) and probe.is_complete:  # not the sound beginning of `[WARN] …`
            message = "The file says nothing, and nothing of which format it is in: name the format."
        raise ReportError("unsupported_format", message, "first 64 KiB")
    (best, parser), *others = found
    equals = [other.info.id for score, other in others if score == best]
    if equals:
        names = ", ".join([parser.info.id, *equals])
        raise ReportError("ambiguous_format", f"The file could be any of {names}: say which.", "first 64 KiB")
    others_that_fit = tuple(other.info.id for _, other in others)
    source = yaml_text.in_json(source) if is_yaml else source
    return OpenedReport(source, parser, others_that_fit, fit=fit)


def _open_named(source: Source, name: str, named: Sequence[Parser]) -> OpenedReport:
    """As one of the formats that go by the name."""
    if _is_blank(source) and (blank := [each for each in named if each.info.may_be_blank]):
        return OpenedReport(source, blank[0], fit=Fit.BLANK)
    parser, fit = _fitting(source, named)
    hidden = _behind_log_lines(source, among=named) if fit is Fit.NOT_AT_ALL else None
    if hidden is not None:
        return OpenedReport(hidden[0], hidden[2][0][1])
    if fit is Fit.NOT_AT_ALL and (found := _in_yaml(source, among=named)):
        return OpenedReport(yaml_text.in_json(source), found[0][1])
    if fit is Fit.NOT_AT_ALL and name != parser.info.id:
        common, how = _fitting(source, formats_of_many())
        parser, fit = (common, how) if how is Fit.DECLARED else (parser, fit)
    return OpenedReport(source, parser, fit=fit)


def _fitting(source: Source, named: Sequence[Parser]) -> tuple[Parser, Fit]:
    """The one of the formats named that the file looks like most, and how much."""
    try:
        probe = Probe(source)
        is_bare = _says_nothing(probe.json) and probe.is_complete  # not the sound beginning of `[main] INFO`
        says_nothing = is_bare or probe.text.strip() == b"null"
        shape = "xml" if probe.is_xml else "json" if says_nothing or probe.is_json else "csv"
        found = recognise(probe, among=named)
        if not found:
            named[0].sniff(probe)  # of another package, it may not have said no but failed
    except (Exception, SystemExit):  # noqa: BLE001 — reading it says better what is wrong; a broken look says nothing
        return named[0], Fit.DECLARED
    if found:
        return found[0][1], Fit.DECLARED if says_nothing else _fit(probe)
    fit = Fit.DECLARED if says_nothing else Fit.NOT_AT_ALL
    likely = [each for each in named if shape in each.info.id]
    is_read = (each for each in likely if len(named) > 1 and _is_read(OpenedReport(source, each, fit=fit)))
    return next(is_read, (likely or named)[0]), fit


def _is_blank(source: Source) -> bool:
    if source.is_zip:
        return False
    with source.open(repair=True) as stream:
        head = stream.read(PROBE_SIZE + 1)
    return len(head) <= PROBE_SIZE and not head.strip()


def _is_read(report: OpenedReport) -> bool:
    try:
        return all(not isinstance(each, ItemProblem) for each in report.records())
    except ReportError:
        return False


def _says_nothing(value: Json) -> bool:
    """A report without results may be as bare as `{"results": null}`, whatever wrote it."""
    if isinstance(value, dict | list):
        return all(map(_says_nothing, value.values() if isinstance(value, dict) else value))
    return value is None


def _refuse_objects_for_lists(report: Report) -> None:
    """An object in the place of a list is its only element; one that cannot be read is another shape."""
    for name in report.objects_for_lists:
        message = (
            f"The report has an object where the list “{name}” belongs, and it is no element of that list."
        )
        raise ReportError("schema_mismatch", message, name)


def _refuse_mismatch(source: Source, named: FormatInfo, report: Report) -> None:
    """Says what the file is instead, where that is known; unless it holds nothing but the format's own list, empty."""
    probe = Probe(source)
    try:
        others = [parser.info.id for _, parser in recognise(probe)]
    except ReportError:
        others = []
    has_list = any(path.endswith("item") for path in report.reached)
    if not others and has_list and probe.is_complete and not _has_elements(probe.json):
        return
    instead = f"it looks like {', '.join(others[:3])}" if others else "no known format looks like it"
    message = f"There is nothing of {named.id} in the file; {instead}."
    raise ReportError("format_mismatch", message, "first 64 KiB")


def _has_elements(value: Json) -> bool:
    """Objects in a list, which may be results; or it tells of an error."""
    if isinstance(value, dict):
        return any((key in _OF_ERRORS and each) or _has_elements(each) for key, each in value.items())
    return isinstance(value, list) and any(isinstance(each, dict | list) for each in value)
