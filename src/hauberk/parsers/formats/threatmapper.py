"""Deepfence ThreatMapper: vulnerabilities, secrets, malware and compliance of nodes, as CSV and as XLSX."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import threatmapper

_DOCS = "https://community.deepfence.io/threatmapper/docs/"
_MALWARE = ("Rule Name", "Class", "File Name", "Summary", "Severity", "Node Name")
_SECRETS = ("Filename", "Content", "Name", "Rule", "Severity", "Node Name")
_VULNERABILITIES = ("CVE ID", "Severity", "Attack Vector", "Caused By Package", "Node Name")
_BEFORE = ("cve_id", "cve_severity", "cve_attack_vector", "cve_caused_by_package", "cve_container_image")
_COMPLIANCE = ("compliance_check_type", "node_name", "status", "test_category", "test_number", "test_info")
_UNPACKED = re.compile(r"^/tmp/Deepfence/\w+/df_\w+(?=/)")  # where it looks at a container, anew each time
_FAILED: sdk.Scale = {"alarm": sdk.Severity.HIGH, "warn": sdk.Severity.MEDIUM, "fail": sdk.Severity.HIGH}


@sdk.parser(
    id="threatmapper-malware",
    scanner="ThreatMapper",
    title="ThreatMapper malware",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_MALWARE),
    items=sdk.CsvRows(*_MALWARE),
)
def threatmapper_malware(row: sdk.Row) -> sdk.Findings:
    """In ThreatMapper: Integrations, Reports, Download malware as XLSX"""
    path, node = _UNPACKED.sub("", row["File Name"]), sdk.text(row["Node Name"])
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=row["Rule Name"],
        severity=sdk.severity(row.get("Severity")),
        severity_reported=row.get("Severity"),
        rule_id=row["Rule Name"],
        description=sdk.text(row["Summary"]),
        locations=(sdk.Location(host=node, path=path, resource=path),),
        tags=sdk.texts([row["Class"], row.get("Kubernetes Cluster Name")]),
        target=node,
    )


@sdk.parser(
    id="threatmapper-secrets",
    scanner="ThreatMapper",
    title="ThreatMapper secrets",
    docs=_DOCS,
    kinds=[sdk.SECRET],
    sniff=sdk.CsvHeader(*_SECRETS),
    items=sdk.CsvRows(*_SECRETS),
)
def threatmapper_secrets(row: sdk.Row) -> sdk.Findings:
    """In ThreatMapper: Integrations, Reports, Download secrets as XLSX"""
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{row['Name']} in {row['Filename']}",
        severity=sdk.severity(row.get("Severity")),
        severity_reported=row.get("Severity"),
        rule_id=row["Rule"],
        rule_name=row["Name"],
        locations=(sdk.Location(path=row.get("Filename"), resource=sdk.text(row["Node Name"])),),
        target=sdk.text(row["Node Name"]),
        secret=sdk.text(row["Content"]),
    )


@sdk.parser(
    id="threatmapper-vulnerabilities",
    scanner="ThreatMapper",
    title="ThreatMapper vulnerabilities",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.CsvHeader(*_VULNERABILITIES),
    items=sdk.CsvRows(*_VULNERABILITIES),
)
def threatmapper_vulnerabilities(row: sdk.Row) -> sdk.Findings:
    """In ThreatMapper: Integrations, Reports, Download vulnerabilities as XLSX"""
    yield threatmapper.vulnerability(row)


@sdk.parser(
    id="threatmapper-vulnerabilities-v1",
    scanner="ThreatMapper",
    title="ThreatMapper vulnerabilities, first format",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.CsvHeader(*_BEFORE),
    items=sdk.CsvRows(*_BEFORE),
)
def threatmapper_vulnerabilities_v1(row: sdk.Row) -> sdk.Findings:
    """In ThreatMapper 1: Vulnerabilities, Download"""
    yield threatmapper.vulnerability(threatmapper.of_today(row))


@sdk.parser(
    id="threatmapper-compliance",
    scanner="ThreatMapper",
    title="ThreatMapper compliance",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COMPLIANCE),
    items=sdk.CsvRows(*_COMPLIANCE),
)
def threatmapper_compliance(row: sdk.Row) -> sdk.Findings:
    """In ThreatMapper: Integrations, Reports, Download compliance as XLSX"""
    if row["status"].lower() in _FAILED:
        yield sdk.ReportedFinding(
            kind=sdk.CLOUD,
            title=row["test_info"],
            severity=sdk.severity(row.get("status"), _FAILED),
            severity_reported=row.get("status"),
            rule_id=row["test_number"],
            locations=(sdk.Location(resource=row["node_name"]),),
            tags=sdk.texts([row["compliance_check_type"], row["test_category"]]),
            target=row.get("node_name"),
        )
