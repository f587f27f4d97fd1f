"""cfn-lint for people: what it prints, one result a line or two."""

import re

from hauberk.parsers import sdk

_RULE = r"(?P<rule>[EWI]\d{4})"
_AT = r"(?P<line>\d+):(?P<column>\d+)"
_PARSEABLE = re.compile(rf"(?P<path>.+?):{_AT}:(?P<end>\d+):\d+:{_RULE}:(?P<text>.*)")
_PRETTY = re.compile(rf"{_AT}: +{_RULE} +(?P<text>.*)")
_HEADING = re.compile(rf"{_RULE} (?P<text>\S.*)")
_PLACE = re.compile(rf"(?P<path>\S.*):{_AT}")
_LEVELS = {  # of its identifiers: https://github.com/aws-cloudformation/cfn-lint#rule-ids
    "E": ("Error", sdk.Severity.HIGH),
    "W": ("Warning", sdk.Severity.MEDIUM),
    "I": ("Informational", sdk.Severity.INFO),
}


@sdk.parser(
    id="cfn-lint-text",
    scanner="cfn-lint",
    title="cfn-lint text",
    docs="https://github.com/aws-cloudformation/cfn-lint#parameters",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^[^\s:][^\n]*?:\d+:\d+:\d+:\d+:[EWI]\d{4}:"),
        sdk.TextLines(r"^\d+:\d+: +[EWI]\d{4} +\S", r"^(?:Cfn-lint scanned|\S+\.\w+\s*$)"),
        sdk.TextLines(r"^[EWI]\d{4} \S[^\n]*\n\S[^\n]*:\d+:\d+\s*$"),
    ),
    versions="0.x and 1.x: the formats default, pretty and parseable",
)
def cfn_lint_text(report: sdk.Report) -> sdk.Findings:
    """`cfn-lint template.yaml > cfn-lint.txt`"""
    path, heading = "", None
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        if whole := _PARSEABLE.fullmatch(line):
            yield _finding(whole, whole["path"], whole, end=whole["end"])
        elif result := _PRETTY.fullmatch(line):
            yield _finding(result, path, result)
        elif heading and (place := _PLACE.fullmatch(line)):
            yield _finding(heading, place["path"], place)
            heading = None
        elif found := _HEADING.fullmatch(line):
            heading = found
        elif line:
            path = line


def _finding(
    said: re.Match[str], path: str, at: re.Match[str], *, end: str | None = None
) -> sdk.ReportedFinding:
    level, severity = _LEVELS[said["rule"][0]]
    return sdk.ReportedFinding(
        kind=sdk.IAC,
        title=said["text"],
        severity=severity,
        severity_reported=level,
        rule_id=said["rule"],
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(at["line"]),
                end_line=sdk.line(end),
                column=sdk.line(at["column"]),
            ),
        ),
    )
