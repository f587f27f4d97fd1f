"""tfsec: security checks of Terraform, as JSON, as CSV and as results of tests."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit, tfsec

_CASE = re.compile(r"\[(?P<rule_id>[\w-]+)\]\[(?P<severity>[A-Z]+)\] - ")
_LINES = re.compile(r"[^\n]*:(\d+)(?:-(\d+))?(?=\n|$)")  # `main.tf:12-20`
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
def tfsec_json(result: sdk.Json) -> sdk.Findings:
    """`tfsec . --format json --out tfsec.json`"""
    yield from tfsec.finding(result)


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
    yield from tfsec.finding({**row, "passed": row["passed"].lower() == "true", "location": where})


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


def _case(case: sdk.XmlElement) -> sdk.Findings:
    """What failed says where, quotes the lines, and ends in a link."""
    named = _CASE.match(case.get("name", ""))
    if named is None:
        return
    for short, full in junit.failures(case):
        lines = _LINES.match(full)
        yield from tfsec.finding(
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
