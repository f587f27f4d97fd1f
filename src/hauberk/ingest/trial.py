"""A mapping on a sample, in the sandboxed child: the first findings, the problems, and which fields found nothing, or nothing that can be used."""

import os
from typing import Any, Final

import msgspec

from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.ingest.headers import Headers
from hauberk.ingest.reading import Progress
from hauberk.parsers.mapping import formats
from hauberk.parsers.reading import open_report
from hauberk.parsers.registry import recognise
from hauberk.parsers.sdk import Probe, Source

MAX_SHOWN: Final = 50
MAX_PROBLEMS: Final = 50


def run(files: dict[str, int], arguments: dict[str, Any], _progress: Progress | Any) -> dict[str, Any]:
    """The sandbox's entry. `arguments`: `mapping`, a sound document as plain data."""
    mapping = formats.of_data(arguments["mapping"])
    parser = formats.parser(mapping)
    findings: list[dict[str, Any]] = []
    problems: list[ItemProblem] = []
    headers, count = Headers(), 0
    with os.fdopen(files["report"], "rb") as report:
        report.seek(0)
        best = recognise(Probe(Source(report)), [parser])[:1]
        report.seek(0)
        for record in open_report(report, format=parser.info.id, mapped=[parser]).records():
            if isinstance(record, ReportedFinding):
                count += 1
                if len(findings) < MAX_SHOWN:
                    shown = msgspec.to_builtins(record)
                    shown.pop("secret", None)
                    findings.append(shown)
            elif isinstance(record, ReportHeader):
                headers.add(record)
            elif len(problems) < MAX_PROBLEMS:
                problems.append(record)
    return {
        "format": parser.info.id,
        "is_recognised": bool(best) and best[0][1] is parser,
        "findings": findings,
        "finding_count": count,
        "header": msgspec.to_builtins(headers.together()),
        "problems": [msgspec.to_builtins(problem) for problem in problems],
        "remarks": formats.remarks(parser) if count or problems else [],
    }
