"""Contrast Assess: the vulnerabilities of an application as CSV."""

from hauberk.parsers import sdk

_COLUMNS = ("Vulnerability Name", "Vulnerability ID", "Rule Name", "Severity", "Status")
_SEVERITIES: sdk.Scale = {  # https://docs.contrastsecurity.com/en/vulnerabilities.html: severities; "Note" is the least
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "note": sdk.Severity.INFO,
}
_OVER = {  # a status with which nothing is left to do, as the page and as the API spell it
    **dict.fromkeys(("NotAProblem", "Not a Problem"), "not a problem"),
    **dict.fromkeys(("Fixed", "Remediated", "AutoRemediated", "Remediated - Auto-Verified"), "fixed"),
}


@sdk.parser(
    id="contrast-csv",
    scanner="Contrast Assess",
    docs="https://docs.contrastsecurity.com/en/export-vulnerability-data.html",
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def contrast(row: sdk.Row) -> sdk.Findings:
    """*Vulnerabilities*, select, *Export*, *CSV*"""
    uri, query = row.get("Request URI", ""), row.get("Request Qs", "")
    place = sdk.Location(
        url=f"{uri}?{query}" if query else uri,
        port=sdk.port(row.get("Request Port")),
        method=sdk.text(row.get("Request Method")),
        protocol=sdk.text(row.get("Request Protocol")),
        evidence=sdk.text(row.get("Request Body")),
    )
    decision = _OVER.get(row["Status"])
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=row["Vulnerability Name"],
        severity=sdk.severity(row.get("Severity"), _SEVERITIES),
        severity_reported=row.get("Severity"),
        rule_id=row["Rule Name"],
        rule_name=sdk.text(row.get("Category")),
        cwes=sdk.cwes(row.get("CWE ID")),
        locations=(place,) if uri else (),
        references=sdk.urls(row.get("CWE ID")),
        stable_id=row["Vulnerability ID"],
        target=sdk.text(row.get("Application Name")),
        found_at=sdk.timestamp(row.get("First Seen Datetime") or row.get("First Seen")),
        suppression=sdk.suppression(decision, justification=decision),
    )
