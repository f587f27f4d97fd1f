"""`hauberk parse`: reads reports on this machine, without database or server, and shows what was understood."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Annotated, Any, BinaryIO

import msgspec
import typer

from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers import registry
from hauberk.parsers.grouping import grouped
from hauberk.parsers.naming import formats_named
from hauberk.parsers.reading import OpenedReport, open_report
from hauberk.parsers.sdk import Parser, ReportError

MAX_PROBLEMS = 100


def parse(
    files: Annotated[list[str], typer.Argument(help="Reports, in any known format.", metavar="FILE...")],
    format: Annotated[  # noqa: A002 — the option's name
        str | None,
        typer.Option(
            "--format", metavar="ID", help="Skip recognition: an id of `hauberk formats`, or a scanner."
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="Read them as this mapping (YAML or JSON) says."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON Lines: finding, summary and error records.")
    ] = False,
) -> None:
    """Read reports and show what is in them. Needs no database and no server.

    Exit status: 0 every file was read, 1 some were refused, 2 wrong usage.

    Examples: hauberk parse trivy.json · hauberk parse --json reports/*.sarif | jq .title ·
    hauberk parse --mapping acme.yaml acme-report.json
    """
    if format is not None:
        _check_format(format)
    as_mapped = None if mapping is None else _parser_of(mapping)
    if as_mapped is not None:
        format = as_mapped.info.id  # noqa: A001 — the option's name
    for left_out in registry.left_out():
        print(left_out, file=sys.stderr)
    show = _print_json if as_json else _print_table
    refused = 0
    for file in files:
        try:
            refused += not show(file, format, as_mapped)
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(1) from None
    if as_mapped is not None and refused < len(files):
        _print_remarks(mapping, as_mapped)
    if refused:
        raise typer.Exit(1)


def _check_format(name: str) -> None:
    if not formats_named(name):
        raise typer.BadParameter(f"there is no format {name!r}; see `hauberk formats`", param_hint="--format")


def _parser_of(mapping: Path) -> Parser:
    """The format that the mapping describes; with all that is wrong with it where it describes none."""
    from hauberk.parsers.mapping import formats
    from hauberk.parsers.mapping.checking import InvalidMapping

    try:
        return formats.parser(formats.read(mapping.read_text(encoding="utf-8"))[1])
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{mapping} cannot be read: {error}", param_hint="--mapping") from error
    except InvalidMapping as error:
        for problem in error.problems:
            print(f"{mapping}:{problem.line}: {problem.field}: {problem.message}", file=sys.stderr)
        raise typer.Exit(2) from error


def _print_remarks(mapping: Path | None, parser: Parser) -> None:
    """Which fields of the mapping found nothing, or nothing that can be used, in any of the files."""
    from hauberk.parsers.mapping import formats

    for field, message in formats.remarks(parser):
        print(f"{mapping}: {field}: {message}", file=sys.stderr)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        try:
            stream: BinaryIO = stack.enter_context(Path(file).open("rb"))
            if not stream.seekable():  # a pipe: recognising a report means reading its beginning twice
                copy = stack.enter_context(TemporaryFile())
                copyfileobj(stream, copy)
                copy.seek(0)
                stream = copy
        except OSError as error:
            raise ReportError(
                "unsupported_format", f"The file cannot be opened: {error.strerror}."
            ) from error
        yield stream


class _Summary:
    """What is said of a file after its findings."""

    def __init__(self) -> None:
        self.severities: Counter[str] = Counter()
        self.header: dict[str, Any] = {}
        self.problems: list[ItemProblem] = []
        self.problem_count = 0

    def take(
        self, records: Iterator[ReportedFinding | ReportHeader | ItemProblem]
    ) -> Iterator[ReportedFinding]:
        """The findings; everything else is kept for the end."""
        for record in records:
            if isinstance(record, ReportedFinding):
                yield record
            elif isinstance(record, ReportHeader):
                said = msgspec.to_builtins(record)
                targets = [*self.header.get("targets", ()), *said.get("targets", ())]
                self.header.update(said, **({"targets": targets} if targets else {}))
            else:
                self.problem_count += 1
                if len(self.problems) < MAX_PROBLEMS:
                    self.problems.append(record)


def _findings(summary: _Summary, report: OpenedReport) -> Iterator[ReportedFinding]:
    """The report's findings as they are shown and counted."""
    findings = summary.take(report.records())
    over = report.format.repeats_over
    for finding in grouped(findings, over=over) if over else findings:
        summary.severities[finding.severity.value] += 1
        yield finding


def _print_json(file: str, format_id: str | None, mapped: Parser | None) -> bool:
    encoder = msgspec.json.Encoder()
    write = sys.stdout.buffer.write
    summary = _Summary()
    try:
        with _opened(file) as stream:
            report = open_report(stream, format=format_id, mapped=() if mapped is None else (mapped,))
            for finding in _findings(summary, report):
                write(encoder.encode({"type": "finding", "file": file, **public(finding)}) + b"\n")
            record = {
                "type": "summary",
                "file": file,
                "format": report.format.id,
                "scanner": summary.header.get("scanner") or report.format.scanner,
                "findings": summary.severities.total(),
                "severities": dict(summary.severities),
                "header": summary.header,
                "problems": summary.problems,
                "problem_count": summary.problem_count,
                "also_fits": report.also_fits,
            }
    except ReportError as error:
        record = {
            "type": "error",
            "file": file,
            "error": str(error),
            "code": error.code,
            "message": error.message,
            "position": error.position,
        }
    write(encoder.encode(record) + b"\n")
    sys.stdout.buffer.flush()
    return record["type"] == "summary"


def public(finding: ReportedFinding) -> dict[str, Any]:
    """A finding as plain data, without the value of a leaked secret."""
    plain: dict[str, Any] = msgspec.to_builtins(finding)
    plain.pop("secret", None)
    return plain


def _print_table(file: str, format_id: str | None, mapped: Parser | None) -> bool:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    summary = _Summary()
    try:
        with _opened(file) as stream:
            report = open_report(stream, format=format_id, mapped=() if mapped is None else (mapped,))
            for _ in _findings(summary, report):
                pass
    except ReportError as error:
        console.print(Text.assemble((f"{file}: ", "bold"), ("refused: ", "bold red"), str(error)))
        return False
    scanner = summary.header.get("scanner") or report.format.scanner
    version = summary.header.get("tool_version")
    console.print(
        Text.assemble(
            (f"{file}: ", "bold"),
            f"{report.format.id}, {scanner}{f' {version}' if version else ''}: {_counted(summary.severities)}",
        )
    )
    for problem in summary.problems[:10]:
        console.print(Text.assemble(("  not read ", "yellow"), f"{problem.position}: {problem.reason}"))
    if summary.problem_count > 10:
        console.print(f"  … and {summary.problem_count - 10} more items that could not be read")
    return True


def _counted(severities: Counter[str]) -> str:
    total = severities.total()
    if not total:
        return "no findings"
    order = ("critical", "high", "medium", "low", "info", "unknown")
    parts = ", ".join(f"{severities[word]} {word}" for word in order if severities[word])
    return f"{total} {'finding' if total == 1 else 'findings'} ({parts})"


if __name__ == "__main__":
    typer.run(parse)
