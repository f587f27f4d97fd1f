"""Solar appScreener: the detailed results as CSV."""

import re

from hauberk.parsers import sdk

_LINES = re.compile(r"(\d+)-(\d+)")


@sdk.parser(
    id="solar-appscreener-csv",
    scanner="Solar appScreener",
    docs="https://solarappscreener.com/",
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader("Vulnerability", "Language", "File", "Line", "Severity Level", "Status"),
    items=sdk.CsvRows("Vulnerability", "File", "Line", "Severity Level", "Status"),
)
def solar_appscreener(row: sdk.Row) -> sdk.Findings:
    """A scan's *Export Report*, format CSV, *Detailed Results*"""
    lines = _LINES.fullmatch(row["Line"])
    is_rejected = row["Status"] in ("Rejected", "Not a vulnerability", "False positive")
    comment = sdk.text(row.get("Vulnerability Comment"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=row["Vulnerability"],
        severity=sdk.severity(row.get("Severity Level")),
        severity_reported=row.get("Severity Level"),
        rule_id=row["Vulnerability"],
        description=sdk.text(row.get("Description")),
        remediation=sdk.text(row.get("Recommendations")),
        cwes=sdk.cwes(row.get("Links")),
        locations=(
            sdk.Location(
                path=row.get("File"),
                line=sdk.line(row.get("Line")),
                end_line=sdk.line(lines[2]) if lines else None,
            ),
        ),
        references=sdk.urls(sdk.parts(row.get("Links"))),
        tags=sdk.texts(row.get("Language")),
        suppression=sdk.suppression(is_rejected, justification=comment or row["Status"].lower()),
    )
