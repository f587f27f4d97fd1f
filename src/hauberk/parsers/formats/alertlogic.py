"""Alert Logic (Fortra): vulnerabilities of hosts and containers, as exported from the console."""

from hauberk.parsers import sdk

_COLUMNS = ("Vulnerability", "Severity", "Asset Name", "IP Address", "Protocol/Port", "Vulnerability ID")
_DATES = ("%m/%d/%y %H:%M", "%m/%d/%Y %H:%M")


@sdk.parser(
    id="alertlogic-csv",
    scanner="Alert Logic",
    docs="https://docs.alertlogic.com/analyze/reports/list-of-reports/current-vulnerability-list.htm",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def alertlogic(row: sdk.Row) -> sdk.Findings:
    """Reports → Vulnerability → Current Vulnerability List → Download → CSV"""
    protocol, _, port = row["Protocol/Port"].partition("/")
    known = row.get("CISA Known Exploited", "").lower()
    yield sdk.ReportHeader(scanned_at=sdk.timestamp(row.get("Last Scanned"), *_DATES))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=row["Vulnerability"],
        severity=sdk.severity(row.get("Severity")),
        severity_reported=row.get("Severity") or None,
        rule_id=row["Vulnerability ID"] or None,
        description=sdk.text(row.get("Description")),
        remediation=sdk.text(row.get("Resolution")),
        identifiers=sdk.identifiers(row.get("CVE"), row["Vulnerability"]),
        cvss=sdk.assessments((None, row.get("CVSS Score"), "Alert Logic")),
        known_exploited=known in ("yes", "true") if known else None,
        locations=(
            sdk.Location(
                host=row["IP Address"] or row["Asset Name"] or None,
                port=sdk.port(port),
                protocol=protocol.lower() or None,
                evidence=sdk.text(row.get("Evidence")),
            ),
        ),
        components=tuple(sdk.Component(name=name) for name in sdk.texts(row["Asset Name"])),
        references=sdk.links(row.get("Description"), row.get("Resolution"), row.get("Evidence")),
        tags=sdk.texts([row.get("Category"), row.get("Service")]),
        target=row["Asset Name"] or None,
        found_at=sdk.timestamp(row.get("First Seen"), *_DATES),
    )
