"""QARK: the Quick Android Review Kit."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/linkedin/qark/blob/master/qark/issue.py ranks them in this order
    "vulnerability": sdk.Severity.HIGH,
    "error": sdk.Severity.MEDIUM,
    "warning": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}


@sdk.parser(
    id="qark-json",
    scanner="QARK",
    docs="https://github.com/linkedin/qark#usage",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.file_object", "item.category", "item.severity"),
    items=sdk.JsonItems("item"),
    versions="4.0 and later",
)
def qark(issue: sdk.Json) -> sdk.Findings:
    """`qark --apk app.apk --report-type json`"""
    lines = issue.get("line_number")
    line, column = lines if isinstance(lines, list) and len(lines) == 2 else (lines, None)
    offset = sdk.integer(column)
    column = None if offset is None else offset + 1
    path = sdk.text(issue.get("file_object"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=issue["name"],
        severity=sdk.severity(issue.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(issue.get("severity")),
        rule_id=issue["name"],
        description=sdk.text(issue.get("description")),
        cwes=(919,),  # "weaknesses in mobile applications", which every one of its results is
        locations=(sdk.Location(path=path, line=sdk.line(line), column=column),) if path else (),
        tags=sdk.texts(issue.get("category")),
    )
