"""DevSkim: patterns of insecure code, as its JSON; its SARIF is read as such."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/microsoft/DevSkim: its words, or the numbers of its enumeration `Severity`
    "critical": sdk.Severity.CRITICAL,
    "1": sdk.Severity.CRITICAL,
    "important": sdk.Severity.HIGH,
    "2": sdk.Severity.HIGH,
    "moderate": sdk.Severity.MEDIUM,
    "4": sdk.Severity.MEDIUM,
    "bestpractice": sdk.Severity.LOW,
    "8": sdk.Severity.LOW,
    "manualreview": sdk.Severity.INFO,
    "16": sdk.Severity.INFO,
}


@sdk.parser(
    id="devskim-json",
    scanner="DevSkim",
    docs="https://github.com/microsoft/DevSkim/wiki/Command-Line-Interface",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.filename", "item.start_line", "item.rule_id", "item.rule_name", "item.match"),
    items=sdk.JsonItems("item"),
)
def devskim(issue: sdk.Json) -> sdk.Findings:
    """`devskim analyze -I . -f json -O devskim.json`"""
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(issue.get("rule_name")) or issue["rule_id"],
        severity=sdk.severity(issue.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(issue.get("severity")),
        rule_id=issue["rule_id"],
        rule_name=sdk.text(issue.get("rule_name")),
        description=sdk.text(issue.get("description")),
        locations=(
            sdk.Location(
                path=issue["filename"],
                line=sdk.line(issue.get("start_line")),
                end_line=sdk.line(issue.get("end_line")),
                column=sdk.line(issue.get("start_column")),
                snippet=sdk.text(issue.get("match")),
            ),
        ),
        tags=sdk.texts(issue.get("tags") or ()),
    )
