"""Bearer CLI: the security report, results grouped by severity."""

from functools import partial

from hauberk.parsers import sdk

_LEVELS: sdk.Scale = {  # https://docs.bearer.com/explanations/severity/
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "warning": sdk.Severity.INFO,
}


@sdk.parser(
    id="bearer-json",
    scanner="Bearer",
    docs="https://docs.bearer.com/explanations/reports/",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(f"{level}.item.cwe_ids", f"{level}.item.full_filename") for level in _LEVELS),
        sdk.JsonKeys("findings.item.cwe_ids", "findings.item.full_filename"),
        sdk.JsonKeys("findings", values={"source": "Bearer"}),
    ),
)
def bearer(report: sdk.Report) -> sdk.Findings:
    """`bearer scan . --report security --format json --output bearer.json` (also `--format jsonv2`)"""
    for node in report.json(
        *(f"{level}.item" for level in _LEVELS), "findings.item", "ignored_findings.item"
    ):
        group = node.pattern.removesuffix(".item")
        yield from report.read_one(node, partial(_finding, group))


def _finding(group: str, finding: sdk.Json) -> sdk.Findings:
    level = group if group in _LEVELS else finding.get("severity")
    is_ignored = group == "ignored_findings"
    path, source, sink = finding["full_filename"], finding.get("source") or {}, finding.get("sink") or {}
    line = sdk.line(finding.get("line_number")) or sdk.line(sink.get("start"))
    place = sdk.Location(
        path=path,
        line=line,
        end_line=sdk.line(sink.get("end")),
        column=sdk.line(sdk.pick(sink, "column.start")),
        snippet=sdk.first(sink.get("content"), finding.get("snippet")),
    )
    start = sdk.line(source.get("start"))
    origin = sdk.Location(path=path, line=start, column=sdk.line(sdk.pick(source, "column.start")))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=finding["title"],
        severity=sdk.severity(level, _LEVELS),
        severity_reported=level,
        rule_id=finding["id"],
        description=sdk.text(finding.get("description")),
        cwes=sdk.cwes(finding.get("cwe_ids")),
        locations=(place, origin) if start and start != line else (place,),
        references=sdk.urls(finding.get("documentation_url")),
        tags=sdk.texts(finding.get("category_groups")),
        stable_id=sdk.text(finding.get("fingerprint")),
        suppression=sdk.suppression(is_ignored, justification=sdk.pick(finding, "ignore_meta.comment")),
    )
