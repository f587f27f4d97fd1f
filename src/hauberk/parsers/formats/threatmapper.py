"""Deepfence ThreatMapper: vulnerabilities, secrets, malware and compliance of nodes, as CSV and as XLSX."""

import re

from hauberk.parsers import sdk

_DOCS = "https://community.deepfence.io/threatmapper/docs/"
_MALWARE = ("Rule Name", "Class", "File Name", "Summary", "Severity", "Node Name")
_SECRETS = ("Filename", "Content", "Name", "Rule", "Severity", "Node Name")
_VULNERABILITIES = ("CVE ID", "Severity", "Attack Vector", "Caused By Package", "Node Name")
_TODAY = "CVE ID|Severity|Attack Vector|Caused By Package|Node Name|CVSS Score|Description|Fixed In|Link|Type|Masked"
_BEFORE = (
    *("cve_id", "cve_severity", "cve_attack_vector", "cve_caused_by_package", "cve_container_image"),
    *("cve_cvss_score", "cve_description", "cve_fixed_in", "cve_link", "cve_type", "masked"),
)
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
    yield _vulnerability(row)


@sdk.parser(
    id="threatmapper-vulnerabilities-v1",
    scanner="ThreatMapper",
    title="ThreatMapper vulnerabilities, first format",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.CsvHeader(*_BEFORE[:6]),
    items=sdk.CsvRows(*_BEFORE[:6]),
)
def threatmapper_vulnerabilities_v1(row: sdk.Row) -> sdk.Findings:
    """In ThreatMapper 1: Vulnerabilities, Download"""
    values = (row.get(column, "") for column in _BEFORE)
    yield _vulnerability(dict(zip(_TODAY.split("|"), values, strict=True)))


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


def _vulnerability(row: sdk.Row) -> sdk.ReportedFinding:
    name, _, version = row["Caused By Package"].partition(":")
    path = sdk.text(row.get("Caused By Package Path"))
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{row['CVE ID']} in {name} {version}".rstrip(),
        severity=sdk.severity(row.get("Severity")),
        severity_reported=row.get("Severity"),
        rule_id=row["CVE ID"],
        description=sdk.text(row.get("Description")),
        identifiers=sdk.identifiers(row["CVE ID"]),
        cvss=sdk.assessments((row["Attack Vector"], row.get("CVSS Score"), "ThreatMapper")),
        locations=(sdk.Location(path=path, resource=sdk.text(row["Node Name"])),),
        components=(
            sdk.Component(
                name=name or "unknown",
                version=version or None,
                purl=sdk.purl(row.get("Type"), name, version) if name else None,
                fixed_versions=sdk.texts([row.get("Fixed In")]),
                path=path,
            ),
        ),
        references=sdk.urls(row.get("Link")),
        suppression=sdk.Suppression(justification="masked")
        if row.get("Masked", "").lower() == "true"
        else None,
        target=sdk.text(row["Node Name"]),
    )
