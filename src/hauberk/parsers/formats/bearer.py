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

_SHAPES = (
    ("cwe_ids", "filename", "category_groups"),
    ("cwe_ids", "full_filename"),
    ("rule.cwe_ids", "filename"),
    ("policy_name", "policy_display_id", "filename"),
    ("rule_display_id", "rule_description", "filename"),
)
"""What an item names, as the rule moved into it, out of it, and was called a policy before."""

_TITLES = ("title", "rule_description", "policy_name")
_IDS = ("id", "rule_display_id", "policy_display_id")


@sdk.parser(
    id="bearer-json",
    scanner="Bearer",
    docs="https://docs.bearer.com/explanations/reports/",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(*(f"{level}.item.{key}" for key in keys)) for level in _LEVELS for keys in _SHAPES),
        sdk.JsonKeys("findings.item.cwe_ids", "findings.item.full_filename"),
        sdk.JsonKeys("findings", values={"source": "Bearer"}),
    ),
    versions="0.x (also by policies, when it was called Curio) and 1.x, formats json and jsonv2",
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
    about = finding.get("rule") or finding
    path = sdk.text(finding.get("full_filename")) or finding["filename"]
    source, sink = finding.get("source") or {}, finding.get("sink") or {}
    line = sdk.line(finding.get("line_number")) or sdk.line(sink.get("start"))
    place = sdk.Location(
        path=path,
        line=line,
        end_line=sdk.line(sink.get("end")),
        column=sdk.line(sdk.pick(sink, "column.start")),
        snippet=sdk.first(sink.get("content"), finding.get("snippet"), finding.get("parent_content")),
    )
    start = sdk.line(source.get("start"))
    origin = sdk.Location(path=path, line=start, column=sdk.line(sdk.pick(source, "column.start")))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.first(*(about.get(key) for key in _TITLES)) or about["title"],
        severity=sdk.severity(level, _LEVELS),
        severity_reported=level,
        rule_id=sdk.first(*(about.get(key) for key in _IDS)),
        description=sdk.first(about.get("description"), about.get("policy_description")),
        cwes=sdk.cwes(about.get("cwe_ids")),
        locations=(place, origin) if start and start != line else (place,),
        references=sdk.urls(about.get("documentation_url"), about.get("rule_documentation_url")),
        tags=sdk.texts(finding.get("category_groups")),
        stable_id=sdk.text(finding.get("fingerprint")),
        suppression=sdk.suppression(is_ignored, justification=sdk.pick(finding, "ignore_meta.comment")),
    )
