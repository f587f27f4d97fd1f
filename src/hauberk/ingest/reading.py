"""Steps 3 to 5, in the sandboxed child: the report is read once, compared as it is read, and what differs is spooled.

The child has no database, no network and no secrets: in go the report and the scope's known occurrences, out come the
report's header, the tally, and spools in the form that the writer copies.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, BinaryIO, Final, cast

import msgspec

from hauberk.domain import fingerprint
from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.ingest import encode
from hauberk.ingest.compare import Comparison, Known, Spools, Tally
from hauberk.ingest.normalise import Normaliser, Result, RuleText
from hauberk.parsers.reading import OpenedReport, open_report

MAX_PROBLEMS: Final = 200
MAX_TARGETS: Final = 100_000
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


class Outcome(msgspec.Struct, kw_only=True):
    """What the child tells; the results themselves are in the spools."""

    format: str
    scanner: str
    header: ReportHeader
    tally: Tally | None = None
    problems: list[ItemProblem] = []
    problem_count: int = 0
    secret_results: int = 0


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


def identify(report: BinaryIO, format: str | None) -> Outcome:  # noqa: A002 — the field's own name
    """What the report is and says of itself before its first result: enough to know its scope."""
    opened = open_report(report, format=format)
    header = ReportHeader()
    for record in opened.records():
        if isinstance(record, ReportHeader):
            header = merged(header, record)
        elif isinstance(record, ReportedFinding):
            break
    return Outcome(format=opened.format.id, scanner=header.scanner or opened.format.scanner, header=header)


def read(files: ReadingFiles, format: str, scanner: str, progress: Progress) -> Outcome:  # noqa: A002
    """The whole pass. `scanner` is the scope's: identities are made with it. Raises ReportError when unreadable."""
    opened = open_report(files.report, format=format)
    copied = memoryview(files.known.read())
    known = Known(encode.known_rows(copied) if copied else ())
    spools = Spools(files.results, files.keys, files.rules)
    spools.begin()
    comparison = Comparison(known, spools)
    normaliser = Normaliser(scanner)
    outcome = Outcome(format=opened.format.id, scanner=scanner, header=ReportHeader(), problems=[])
    for finding in _findings(opened, outcome, progress):
        for result, text in normaliser.results(finding):
            if result.keys:
                comparison.add(result, text)
            else:
                outcome.secret_results += 1
                _spool_secret(files.secrets, finding, scanner, result, text)
    comparison.finish()
    spools.end()
    files.seen.write(known.seen)
    for each in (files.seen, files.secrets):
        each.flush()
    outcome.tally = comparison.tally
    return outcome


def _findings(opened: OpenedReport, outcome: Outcome, progress: Progress) -> Iterator[ReportedFinding]:
    count = 0
    for record in opened.records():
        if isinstance(record, ReportedFinding):
            count += 1
            if count % PROGRESS_EVERY == 0:
                progress(count, opened.bytes_read)
            yield record
        elif isinstance(record, ReportHeader):
            outcome.header = merged(outcome.header, record)
        else:
            outcome.problem_count += 1
            if len(outcome.problems) < MAX_PROBLEMS:
                outcome.problems.append(record)
    progress(count, opened.bytes_read)


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


def merged(first: ReportHeader, later: ReportHeader) -> ReportHeader:
    """Later non-empty fields win; targets add up."""
    changes = {
        name: value
        for name in first.__struct_fields__
        if name != "targets" and (value := getattr(later, name)) not in (None, False)
    }
    return msgspec.structs.replace(first, targets=(first.targets + later.targets)[:MAX_TARGETS], **changes)


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
    """The sandbox's entry. `arguments`: `step` (`identify` or `read`), `format`, `scanner`; answers an Outcome."""
    with _refusing_when_full(), ExitStack() as stack:
        opened = {
            name: cast("BinaryIO", stack.enter_context(os.fdopen(descriptor, _MODES.get(name, "r+b"))))
            for name, descriptor in files.items()
        }
        for file in opened.values():
            file.seek(0)
        if arguments["step"] == "identify":
            outcome = identify(opened["report"], arguments["format"])
        else:
            outcome = read(
                ReadingFiles(**opened),
                arguments["format"],
                arguments["scanner"],
                lambda count, bytes_read: progress({"findings_read": count, "bytes_read": bytes_read}),
            )
    answer: dict[str, Any] = msgspec.to_builtins(outcome)
    return answer
