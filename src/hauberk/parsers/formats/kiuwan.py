"""Kiuwan Code Security: vulnerabilities and defects as CSV."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://www.kiuwan.com/docs/display/K5/Kiuwan+Code+Security+-+Vulnerabilities: priorities
    "very high": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "normal": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "very low": sdk.Severity.INFO,
}


@sdk.parser(
    id="kiuwan-csv",
    scanner="Kiuwan",
    docs="https://www.kiuwan.com/docs/",
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader("Rule code", "Rule", "Priority", "Software characteristic", "File"),
    items=sdk.CsvRows("Rule code", "Rule", "Priority", "File"),
)
def kiuwan(row: sdk.Row) -> sdk.Findings:
    """*Code Security*, *Vulnerabilities*, *Export to CSV* (the same of *Code Analysis*, *Defects*)"""
    source = sdk.Location(
        path=sdk.text(row.get("Source file")),
        line=sdk.line(row.get("Source line number")),
        snippet=sdk.text(row.get("Source line text")),
    )
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=row["Rule"],
        severity=sdk.severity(row.get("Priority"), _SEVERITIES),
        severity_reported=row.get("Priority"),
        rule_id=row["Rule code"],
        rule_name=row["Rule"],
        cwes=sdk.cwes(row.get("CWE")),
        locations=(
            sdk.Location(
                path=row.get("File"),
                line=sdk.line(row.get("Line number")),
                snippet=sdk.text(row.get("Line text")),
            ),
            *((source,) if source.path else ()),
        ),
        tags=sdk.texts(
            [row.get(n) for n in ("Software characteristic", "Vulnerability type", "Language", "Framework")]
        ),
        suppression=sdk.suppression(row.get("Muted") == "Yes", justification="muted"),
    )
