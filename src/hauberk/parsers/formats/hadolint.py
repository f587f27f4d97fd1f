"""hadolint: the linter of Dockerfiles, with ShellCheck for what they run."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/hadolint/hadolint#configure: error, warning, info, style
    "error": sdk.Severity.CRITICAL,
    "warning": sdk.Severity.HIGH,
    "info": sdk.Severity.INFO,
    "style": sdk.Severity.INFO,
    "ignore": sdk.Severity.INFO,
}
_RULE = r"(DL|SC)\d{4}"


@sdk.parser(
    id="hadolint-json",
    scanner="hadolint",
    docs="https://github.com/hadolint/hadolint#cli",
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("item.line", "item.file", "item.level", "item.message", values={"item.code": _RULE}),
    items=sdk.JsonItems("item"),
    versions="1 and later, `--format json`",
)
def hadolint(problem: sdk.Json) -> sdk.Findings:
    """`hadolint --format json Dockerfile > hadolint.json`"""
    rule = problem["code"]
    wiki = (
        "https://www.shellcheck.net/wiki/"
        if rule.startswith("SC")
        else "https://github.com/hadolint/hadolint/wiki/"
    )
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=problem["message"],
        severity=sdk.severity(problem.get("level"), _SEVERITIES),
        severity_reported=sdk.text(problem.get("level")),
        rule_id=rule,
        locations=(
            sdk.Location(
                path=problem["file"],
                line=sdk.line(problem.get("line")),
                column=sdk.line(problem.get("column")),
            ),
        ),
        references=(wiki + rule,),
    )
