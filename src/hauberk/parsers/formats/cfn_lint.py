"""cfn-lint: the linter of CloudFormation templates."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_DOCS = "https://github.com/aws-cloudformation/cfn-lint#parameters"
_SEVERITIES: sdk.Scale = {  # the levels of `--format json`: https://github.com/aws-cloudformation/cfn-lint#rule-ids
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "informational": sdk.Severity.INFO,
}
_LETTERS = {"E": "Error", "W": "Warning", "I": "Informational"}
_PLACE = re.compile(r"at (?P<path>.+):(?P<line>\d+):(?P<column>\d+)$")


@sdk.parser(
    id="cfn-lint-json",
    scanner="cfn-lint",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("item.Filename", "item.Level", "item.Rule.Id", "item.Location.Start"),
    items=sdk.JsonItems("item"),
    versions="0.x and 1.x",
)
def cfn_lint(match: sdk.Json) -> sdk.Findings:
    """`cfn-lint --format json 'templates/**/*.yaml' > cfn-lint.json`"""
    yield from _match(match)


@sdk.parser(
    id="cfn-lint-junit-xml",
    scanner="cfn-lint",
    title="cfn-lint JUnit",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=junit.sniff(says=r'<testsuite [^>]*name="CloudFormation Lint"'),
    versions="0.x and 1.x",
)
def cfn_lint_junit(report: sdk.Report) -> sdk.Findings:
    """`cfn-lint --format junit 'templates/**/*.yaml' > cfn-lint.xml`"""
    yield from report.read(junit.cases(report), _case)


def _match(match: sdk.Json) -> sdk.Findings:
    rule = match["Rule"]
    where = match["Location"]
    steps = sdk.texts(where.get("Path") or ())
    resource = steps[1] if len(steps) > 1 and steps[0] == "Resources" else None
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.text(rule.get("ShortDescription")) or match["Message"],
        severity=sdk.severity(match.get("Level"), _SEVERITIES),
        severity_reported=sdk.text(match.get("Level")),
        rule_id=rule["Id"],
        rule_name=sdk.text(rule.get("ShortDescription")),
        description=sdk.paragraphs(match.get("Message"), rule.get("Description")),
        locations=(
            sdk.Location(
                path=match.get("Filename"),
                line=sdk.line(sdk.pick(where, "Start.LineNumber")),
                end_line=sdk.line(sdk.pick(where, "End.LineNumber")),
                column=sdk.line(sdk.pick(where, "Start.ColumnNumber")),
                symbol="/".join(steps) or None,
                resource=f"{match['Filename']}#{resource}" if resource else None,
                evidence=sdk.text(match.get("Message")),
            ),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.urls(rule.get("Source")),
        stable_id=sdk.text(match.get("Id")),
    )


def _case(case: sdk.XmlElement) -> sdk.Findings:
    """A case is a rule; each failure is a place. The rule's letter is its level."""
    rule, _, words = case.attrib["name"].partition(" ")
    for failure in case.iterchildren("{*}failure"):
        found = _PLACE.search(failure.get("message", ""))
        place = found.groupdict() if found else {}
        said = {
            "Level": _LETTERS.get(rule[:1]),
            "Message": failure.get("type"),
            "Filename": place.get("path"),
            "Rule": {"Id": rule, "ShortDescription": words, "Source": case.get("url")},
            "Location": {"Start": {"LineNumber": place.get("line"), "ColumnNumber": place.get("column")}},
        }
        yield from _match(said)
