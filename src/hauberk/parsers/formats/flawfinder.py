"""Flawfinder: its own CSV of risky calls in C and C++."""

from hauberk.parsers import sdk

# https://dwheeler.com/flawfinder/flawfinder.pdf: risk levels from 0, very little risk, to 5, great risk
_SCALE: sdk.Scale = {
    "5": sdk.Severity.CRITICAL,
    "4": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "2": sdk.Severity.LOW,
    "1": sdk.Severity.LOW,
    "0": sdk.Severity.INFO,
}


@sdk.parser(
    id="flawfinder-csv",
    scanner="Flawfinder",
    docs="https://dwheeler.com/flawfinder/",
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader("File", "Line", "Level", "Category", "Name", "Warning", "CWEs"),
    items=sdk.CsvRows("File", "Line", "Level", "Name", "Warning"),
    versions="1.31 and 2",
)
def flawfinder(row: sdk.Row) -> sdk.Findings:
    """`flawfinder --csv src > flawfinder.csv`"""
    name = row["Name"]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=f"{row.get('Category', '')}/{name}".strip("/"),
        severity=sdk.severity(row.get("Level"), _SCALE),
        severity_reported=row.get("Level"),
        rule_id=sdk.text(row.get("RuleId")) or name,
        rule_name=name,
        description=sdk.paragraphs(row["Warning"], row.get("Note")),
        remediation=sdk.text(row.get("Suggestion")),
        cwes=sdk.cwes(row.get("CWEs")),
        locations=(
            sdk.Location(
                path=row.get("File"),
                line=sdk.line(row.get("Line")),
                column=sdk.line(row.get("Column")),
                snippet=sdk.text(row.get("Context")),
            ),
        ),
        references=sdk.urls(row.get("HelpUri")),
        tags=sdk.texts(row.get("Category")),
        stable_id=sdk.text(row.get("Fingerprint")),
    )
