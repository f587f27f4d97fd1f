"""Code Climate's issues, as which linters report to it and to GitLab's Code Quality."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    "blocker": sdk.Severity.CRITICAL,
    "critical": sdk.Severity.HIGH,
    "major": sdk.Severity.MEDIUM,
    "minor": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}

_KEYS = ("item.description", "item.fingerprint", "item.location.path")


@sdk.parser(
    id="code-climate-json",
    scanner="Code Climate",
    docs="https://github.com/codeclimate/platform/blob/master/spec/analyzers/SPEC.md#data-types",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(*_KEYS, "item.location.lines.begin"),
        sdk.JsonKeys(*_KEYS, "item.location.positions.begin"),
    ),
    items=sdk.JsonItems("item"),
    versions="also of GitLab Code Quality",
)
def code_climate(issue: sdk.Json) -> sdk.Findings:
    """Of the linter: `hadolint -f gitlab_codeclimate Dockerfile`, `CodeChecker parse -e codeclimate ./reports`, …"""
    word, rule = sdk.text(issue.get("severity")), sdk.text(issue.get("check_name"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=issue["description"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=rule or issue["description"],
        description=sdk.text(sdk.pick(issue, "content.body")),
        locations=tuple(map(_place, (issue["location"], *(issue.get("other_locations") or ())))),
        tags=sdk.texts([issue.get("engine_name"), *sdk.texts(issue.get("categories") or ())]),
        stable_id=sdk.text(issue.get("fingerprint")),
    )


def _place(said: sdk.Json) -> sdk.Location:
    """`lines: {begin: 3, end: 4}`, or `positions` with lines and columns."""
    begin, end = (_position(said, name) for name in ("begin", "end"))
    return sdk.Location(
        path=said["path"],
        line=sdk.line(begin.get("line")),
        end_line=sdk.line(end.get("line")),
        column=sdk.line(begin.get("column")),
    )


def _position(said: sdk.Json, name: str) -> sdk.Json:
    exact = sdk.pick(said, f"positions.{name}")
    return exact if isinstance(exact, dict) else {"line": sdk.pick(said, f"lines.{name}")}
