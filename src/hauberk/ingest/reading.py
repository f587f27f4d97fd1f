"""Steps 3 to 5, in the sandboxed child: the report is read once, compared as it is read, and what differs is spooled.

The child has no database, no network and no secrets: in go the report and the scope's known occurrences, out come the
report's header, the tally, and spools in the form that the writer copies.
"""

import errno
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec

from hauberk import __version__
from hauberk.domain import fingerprint, identifiers
from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader, VexStatement
from hauberk.ingest import stated
from hauberk.ingest.compare import Comparison, Spools, Tally, TooManyKeysError
from hauberk.ingest.divide import Division, divide
from hauberk.ingest.headers import Headers
from hauberk.ingest.known import Known, KnownRows, element_mark
from hauberk.ingest.large import Unmatched
from hauberk.ingest.normalise import Normaliser, Result, RuleText
from hauberk.ingest.parts import OpenedPart
from hauberk.ingest.stated import RefusedStatementError
from hauberk.parsers.mapping import formats
from hauberk.parsers.reading import OpenedReport, open_report
from hauberk.parsers.registry import parsers
from hauberk.parsers.sdk.unchanged import NO_ELEMENT, Unchanged

MAX_PROBLEMS: Final = 200
PROGRESS_EVERY: Final = 500
Progress = Callable[[int, int], None]
_pack = msgspec.msgpack.Encoder()
_MODES: Final = {"report": "rb", "known": "rb"}


class SpoolFullError(Exception):
    """No fault of the report: there may be room at another attempt."""

    code = "storage_full"
    message = "There is no room left for what is read."


class SecretResult(msgspec.Struct, array_like=True):
    """A leaked secret's result, still without key: the writer's side hashes `digest` under the tenant's key."""

    rule: str
    digest: bytes
    result: Result
    text: RuleText


class Matching(msgspec.Struct, kw_only=True):
    """How results are matched with what is known. `element_key`: see `parsers.sdk.unchanged`."""

    element_key: bytes
    max_new_keys: int | None = None
    is_unmatched: bool = False


class WhatToRead(msgspec.Struct, kw_only=True):
    """`format` unset: recognised by its content. A part of a divided report is a file of ours (`ingest.parts`)."""

    format: str | None
    is_part: bool = False
    mappings: Sequence[Any] = ()

    def open(self, file: BinaryIO) -> OpenedReport | OpenedPart:
        if self.is_part:
            return OpenedPart(file)
        return open_report(file, format=self.format, mapped=formats.parsers_of(self.mappings))


class Outcome(msgspec.Struct, kw_only=True):
    """What the child tells; the results themselves are in the spools."""

    format: str
    scanner: str
    kinds: list[FindingKind]
    header: ReportHeader
    readers: str = ""
    """Names the code and the mappings that a report is read with, where it was only looked at what it is."""
    tally: Tally | None = None
    problems: list[ItemProblem] = []
    problem_count: int = 0
    secret_results: int = 0
    statements: int = 0
    is_blank: bool = False
    """The file is empty, as its format has it of a run without results."""
    is_unmatched: bool = False
    """Nothing was compared: the spools hold every result."""
    is_too_large: bool = False
    """It was given up: so many results are new that they have to be read unmatched."""


@dataclass
class ReadingFiles:
    """The child's open files. `known` is a binary COPY OUT; `seen` gets one byte per known occurrence."""

    report: BinaryIO
    known: BinaryIO
    results: BinaryIO
    keys: BinaryIO
    rules: BinaryIO
    seen: BinaryIO
    secrets: BinaryIO
    stated: BinaryIO
    suppressed: BinaryIO


def identify(report: BinaryIO, what: WhatToRead) -> Outcome:
    """What the report is and says of itself before its first result: enough to know its scope."""
    opened = what.open(report)
    headers = Headers()
    for record in opened.records():
        if isinstance(record, ReportHeader):
            headers.add(record)
        elif isinstance(record, ReportedFinding):
            break
    header = headers.together()
    return Outcome(
        format=opened.format.id,
        scanner=header.scanner or opened.format.scanner,
        kinds=list(opened.format.kinds),
        header=header,
        readers=readers_version() + formats.version_of(what.mappings).hex(),
    )


def read(
    files: ReadingFiles,
    what: WhatToRead,
    scanner: str,
    progress: Progress,
    matching: Matching,
) -> Outcome:
    """The whole pass. `scanner` is the scope's: identities are made with it. Raises ReportError when unreadable."""
    opened = what.open(files.report)
    spools = Spools(files.results, files.keys, files.rules, files.suppressed)
    spools.begin()
    outcome = Outcome(
        format=opened.format.id, scanner=scanner, kinds=list(opened.format.kinds), header=ReportHeader()
    )
    outcome.is_unmatched = matching.is_unmatched
    if isinstance(opened, OpenedPart):
        outcome.problem_count = opened.further_problems
    else:
        outcome.is_blank = opened.is_blank
    known = Known(KnownRows.of_file(files.known))
    comparison: Comparison | Unmatched
    if matching.is_unmatched:
        comparison = Unmatched(spools)
    else:
        comparison = Comparison(known, spools, max_new_keys=matching.max_new_keys)
    element_key = matching.element_key
    version = f"{readers_version()} {what.format} {scanner}".encode() + formats.version_of(what.mappings)
    unchanged = Unchanged(comparison, element_key, version)
    elements = _Elements(Normaliser(scanner), comparison, files.secrets, files.stated, outcome)
    try:
        for finding in _findings(opened, unchanged, elements, comparison.tally, progress):
            elements.add(finding, unchanged.element)
        elements.end()
    except TooManyKeysError:
        outcome.is_too_large = True
        return outcome
    comparison.finish()
    spools.end()
    files.seen.write(known.seen)
    for each in (files.seen, files.secrets, files.stated, files.suppressed):
        each.flush()
    outcome.tally = comparison.tally
    return outcome


@dataclass
class _Elements:
    """Results on their way to the comparison, those of one element of the report together.

    An element is remembered with the number of its results, and not at all when not everything it says was understood
    or can be compared here.
    """

    normaliser: Normaliser
    comparison: Comparison | Unmatched
    secrets: BinaryIO
    stated: BinaryIO
    outcome: Outcome
    _element: int = NO_ELEMENT
    _results: list[tuple[Result, RuleText]] = field(default_factory=list)
    _is_whole: bool = True

    def add(self, finding: ReportedFinding, element: int) -> None:
        if element != self._element or element == NO_ELEMENT:
            self.end()
            self._element = element
        if finding.vex is not None:
            self._state(finding, finding.vex, element)
            if not finding.vex.is_result:
                return
        if len(finding.identifiers) > identifiers.MAX_IDENTIFIERS:
            finding = self._bounded(finding, element)
        for result, text in self.normaliser.results(finding):
            if result.keys:
                self._results.append((result, text))
            else:
                self._is_whole = False
                self.outcome.secret_results += 1
                _spool_secret(self.secrets, finding, self.normaliser.scanner, result, text)

    def _bounded(self, finding: ReportedFinding, element: int) -> ReportedFinding:
        reason = f"It names {len(finding.identifiers):,} vulnerabilities; the first {identifiers.MAX_IDENTIFIERS:,} were taken."
        self.add_problem(ItemProblem(position=finding.title[:200], reason=reason), element)
        return msgspec.structs.replace(
            finding, identifiers=finding.identifiers[: identifiers.MAX_IDENTIFIERS]
        )

    def _state(self, finding: ReportedFinding, statement: VexStatement, element: int) -> None:
        """Its element is read again every time: statements are compared by the writer."""
        self._is_whole = False
        try:
            stated.write(self.stated, stated.stated(finding, statement))
            self.outcome.statements += 1
        except RefusedStatementError as error:
            self.add_problem(ItemProblem(position=finding.title[:200], reason=str(error)), element)

    def add_problem(self, problem: ItemProblem, element: int) -> None:
        if element != self._element:
            self.end()
            self._element = element
        self._is_whole = False
        self.outcome.problem_count += 1
        if len(self.outcome.problems) < MAX_PROBLEMS:
            self.outcome.problems.append(problem)

    def end(self) -> None:
        mark = element_mark(self._element, len(self._results)) if self._is_whole else 0
        for result, text in self._results:
            result.element = mark
            self.comparison.add(result, text)
        self._results.clear()
        self._is_whole = True


def _findings(
    opened: OpenedReport | OpenedPart,
    unchanged: Unchanged,
    elements: _Elements,
    tally: Tally,
    progress: Progress,
) -> Iterator[ReportedFinding]:
    outcome, headers, next_word = elements.outcome, Headers(), PROGRESS_EVERY
    for record in opened.records(unchanged):
        if isinstance(record, ReportedFinding):
            if tally.reported >= next_word:
                next_word = tally.reported + PROGRESS_EVERY
                progress(tally.reported, opened.bytes_read)
            yield record
        elif isinstance(record, ReportHeader):
            headers.add(record)
        else:
            elements.add_problem(record, unchanged.element)
    outcome.header = headers.together()
    progress(tally.reported, opened.bytes_read)


def _spool_secret(
    spool: BinaryIO, finding: ReportedFinding, scanner: str, result: Result, text: RuleText
) -> None:
    assert finding.secret is not None
    record = SecretResult(
        rule=fingerprint.rule_of(finding, scanner),
        digest=blake2b(finding.secret.encode("utf-8", "replace")).digest(),
        result=result,
        text=text,
    )
    packed = _pack.encode(record)
    spool.write(len(packed).to_bytes(4, "big") + packed)


@cache
def readers_version() -> str:
    """Names the code that decides what is read of an element's text: other code reads everything anew."""
    digest = blake2b(__version__.encode(), digest_size=16)
    package = Path(__file__).parents[1]
    files = {file for name in ("parsers", "domain", "ingest") for file in (package / name).rglob("*.py")}
    for each in parsers().values():
        if not each.is_ours:
            files |= _beside(Path(inspect.getfile(each.function)), each.function.__module__)
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _beside(file: Path, module: str) -> set[Path]:
    """The files of another package's format: all of its package, or the one module that stands among other packages'."""
    top = sys.modules.get(module.partition(".")[0])
    folders = [Path(folder) for folder in getattr(top, "__path__", ())]
    return {file, *(each for folder in folders for each in folder.rglob("*.py"))}


def before_fork() -> None:
    """The children cannot look into a file."""
    readers_version()


@contextmanager
def _refusing_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SpoolFullError from error
        raise


def run(
    files: dict[str, int], arguments: dict[str, Any], progress: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """The sandbox's entry. `arguments`: `step` and what it needs; answers an Outcome, or a Division."""

    def told(count: int, bytes_read: int) -> None:
        progress({"findings_read": count, "bytes_read": bytes_read})

    with _refusing_when_full(), ExitStack() as stack:
        opened = {
            name: cast("BinaryIO", stack.enter_context(os.fdopen(descriptor, _MODES.get(name, "r+b"))))
            for name, descriptor in files.items()
        }
        for file in opened.values():
            file.seek(0)
        what = msgspec.convert(arguments["what"], WhatToRead)
        outcome: Outcome | Division
        match arguments["step"]:
            case "identify":
                outcome = identify(opened["report"], what)
            case "divide":
                outcome = divide(what.open(opened["report"]), opened["parts"], told)
            case _:
                outcome = read(
                    ReadingFiles(**opened),
                    what,
                    arguments["scanner"],
                    told,
                    msgspec.convert(arguments["matching"], Matching),
                )
    answer: dict[str, Any] = msgspec.to_builtins(outcome)
    return answer
