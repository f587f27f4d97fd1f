"""tfsec: security checks of Terraform, as JSON, as CSV and as results of tests."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_SEVERITIES: sdk.Scale = {  # versions before 0.39 wrote ERROR, WARNING and INFO
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "error": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "warning": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}
# `Resource 'aws_s3_bucket.logs' has no …`
_NAMED = re.compile(r"'((?:module|data)?\.?[a-z]\w*\.[\w.\[\]\"-]+)'")
_CASE = re.compile(r"\[(?P<rule_id>[\w-]+)\]\[(?P<severity>[A-Z]+)\] - ")
_LINES = re.compile(r"[^\n]*:(\d+)(?:-(\d+))?(?=\n|$)")  # `main.tf:12-20`
_PASSED, _IGNORED = 1, 2
_DOCS = "https://aquasecurity.github.io/tfsec/latest/guides/usage/"
_COLUMNS = ("file", "start_line", "end_line", "rule_id", "severity", "description", "link", "passed")


@sdk.parser(
    id="tfsec-json",
    scanner="tfsec",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("results.item.rule_id", "results.item.rule_provider", "results.item.location.filename"),
        sdk.JsonKeys("results.item.rule_id", "results.item.link", "results.item.location.filename"),
    ),
    items=sdk.JsonItems("results.item"),
    versions="0.3x to 1.28",
)
def tfsec(result: sdk.Json) -> sdk.Findings:
    """`tfsec . --format json --out tfsec.json`"""
    yield from _result(result)


@sdk.parser(
    id="tfsec-csv",
    scanner="tfsec",
    title="tfsec CSV",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="0.3x to 1.28",
)
def tfsec_csv(row: sdk.Row) -> sdk.Findings:
    """`tfsec . --format csv --out tfsec.csv`"""
    where = {"filename": row["file"], "start_line": row["start_line"], "end_line": row["end_line"]}
    yield from _result({**row, "passed": row["passed"].lower() == "true", "location": where})


@sdk.parser(
    id="tfsec-junit-xml",
    scanner="tfsec",
    title="tfsec JUnit",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=junit.sniff(says=r'<testcase classname="[^"]*" name="\[[\w-]+\]\[[A-Z]+\] - '),
    versions="0.3x to 1.28",
)
def tfsec_junit(report: sdk.Report) -> sdk.Findings:
    """`tfsec . --format junit --out tfsec.xml`"""
    yield from report.read(junit.cases(report), _case)


def _result(result: sdk.Json) -> sdk.Findings:
    if result.get("passed") is True or sdk.integer(result.get("status")) == _PASSED:
        return
    where = result["location"]
    said = sdk.text(result.get("description"))
    named = _NAMED.search(said or "")
    resource = sdk.text(result.get("resource")) or (named[1] if named else None)
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.text(result.get("rule_description")) or said or result["rule_id"],
        severity=sdk.severity(result.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(result.get("severity")),
        rule_id=sdk.text(result.get("long_id")) or result["rule_id"],
        rule_name=sdk.text(result["rule_id"]),
        description=sdk.paragraphs(said, result.get("impact")),
        remediation=sdk.text(result.get("resolution")),
        identifiers=sdk.identifiers(result["rule_id"]),
        locations=(
            sdk.Location(
                path=where.get("filename"),
                line=sdk.line(where.get("start_line")),
                end_line=sdk.line(where.get("end_line")),
                resource=resource,
            ),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.links(result.get("link"), result.get("links")),
        tags=sdk.texts([result.get("rule_provider"), result.get("rule_service")]),
        suppression=sdk.suppression(sdk.integer(result.get("status")) == _IGNORED, where="inline"),
    )


def _case(case: sdk.XmlElement) -> sdk.Findings:
    """What failed says where, quotes the lines, and ends in a link."""
    named = _CASE.match(case.get("name", ""))
    if named is None:
        return
    for short, full in junit.failures(case):
        lines = _LINES.match(full)
        yield from _result(
            {
                **named.groupdict(),
                "description": short,
                "link": full,
                "location": {
                    "filename": case.get("classname"),
                    "start_line": lines[1] if lines else None,
                    "end_line": (lines[2] or lines[1]) if lines else None,
                },
            }
        )
