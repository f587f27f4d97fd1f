"""TFLint: mistakes and bad practice in Terraform."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://pkg.go.dev/github.com/terraform-linters/tflint-plugin-sdk/tflint#Severity
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "info": sdk.Severity.INFO,  # a notice
    "notice": sdk.Severity.INFO,
}


@sdk.parser(
    id="tflint-json",
    scanner="TFLint",
    docs="https://github.com/terraform-linters/tflint/blob/master/docs/user-guide/README.md",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("issues.item.rule.name", "issues.item.rule.link", "issues.item.range.filename"),
        sdk.JsonKeys("issues", "errors", empty=("issues", "errors")),
        sdk.JsonKeys("issues", "errors.item.message", "errors.item.severity", empty=("issues",)),
    ),
    versions="0.12 and later, `--format json`",
)
def tflint(report: sdk.Report) -> sdk.Findings:
    """`tflint --recursive --format json > tflint.json`"""
    for node in report.json("issues.item", "errors.item"):
        yield from report.read_one(node, _issue if node.pattern == "issues.item" else _error)


def _issue(issue: sdk.Json) -> sdk.Findings:
    """What `--fix` has fixed is told of as well, and is no finding any more."""
    if issue.get("fixed") is True:
        return
    rule = issue["rule"]
    severity = sdk.text(rule.get("severity"))
    # behind the place the module's callers, where what it was given stands; a rule about all files has no place
    places = (issue.get("range") or {}, *sdk.listed(issue.get("callers")))
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=issue["message"],
        severity=sdk.severity(severity, _SEVERITIES),
        severity_reported=severity,
        rule_id=rule["name"],
        locations=tuple(_location(each) for each in places if each.get("filename")),
        references=sdk.urls(rule.get("link")),
    )


def _location(said: sdk.Json) -> sdk.Location:
    return sdk.Location(
        path=sdk.text(said.get("filename")),
        line=sdk.line(sdk.pick(said, "start.line")),
        end_line=sdk.line(sdk.pick(said, "end.line")),
        column=sdk.line(sdk.pick(said, "start.column")),
    )


def _error(error: sdk.Json) -> sdk.Findings:
    """A module that could not be looked at."""
    where = sdk.text(sdk.pick(error, "range.filename")) or "errors"
    said = ": ".join(sdk.texts([error.get("summary"), error.get("message")]))
    yield sdk.ItemProblem(position=where, reason=f"TFLint: {said}")
