"""OWASP Dependency-Check as CSV: a row for each vulnerability of a dependency."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import dependency_check

_COLUMNS = ("DependencyName", "DependencyPath", "Identifiers", "CVE", "Vulnerability", "CVSSv2_Severity")


@sdk.parser(
    id="dependency-check-csv",
    scanner="Dependency-Check",
    title="Dependency-Check CSV",
    docs="https://jeremylong.github.io/DependencyCheck/dependency-check-cli/arguments.html",
    kinds=[sdk.SCA],
    sniff=sdk.CsvHeader(*_COLUMNS),
    versions="6 and later",
)
def dependency_check_csv(report: sdk.Report) -> sdk.Findings:
    """`dependency-check --scan . --format CSV`"""
    is_told = False
    for node in report.rows(*_COLUMNS):
        if not is_told:
            is_told = True
            project, date = node.value.get("Project"), node.value.get("ScanDate")
            yield sdk.ReportHeader(asset=sdk.text(project), scanned_at=sdk.timestamp(date))
        yield from report.read_one(node, _row)


def _row(row: sdk.Row) -> sdk.Findings:
    is_exploited = any(row.get(name) for name in ("VendorProject", "DateAdded", "RequiredAction"))
    said = {
        "name": row["CVE"],
        "severity": row.get("CVSSv3_BaseSeverity") or row["CVSSv2_Severity"],
        "description": row["Vulnerability"],
        "cwes": row.get("CWE"),
        "source": row.get("Source"),
        "knownExploitedVulnerability": {"RequiredAction": row.get("RequiredAction")}
        if is_exploited
        else None,
        "cvssv3": {"baseScore": row.get("CVSSv3_BaseScore"), "vectorString": _third(row.get("CVSSv3") or "")},
        "cvssv2": {"score": row.get("CVSSv2_Score"), "vectorString": (row.get("CVSSv2") or "").lstrip("/")},
    }
    yield from dependency_check.findings(
        {
            "fileName": row["DependencyName"],
            "packages": [{"id": each} for each in sdk.parts(row["Identifiers"])],
            "vulnerabilities": [said],
        }
    )


def _third(vector: str) -> str:
    """Without its version in front, a slash begins it."""
    return f"CVSS:3.1{vector}" if vector.startswith("/") else vector
