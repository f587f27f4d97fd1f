"""A vulnerability that ThreatMapper found, by the columns of its workbook, whichever of its reports it stands in."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_TODAY = {  # what its first tables and its JSON call the columns
    "cve_id": "CVE ID",
    "cve_severity": "Severity",
    "cve_attack_vector": "Attack Vector",
    "cve_caused_by_package": "Caused By Package",
    "cve_caused_by_package_path": "Caused By Package Path",
    "cve_cvss_score": "CVSS Score",
    "cve_description": "Description",
    "cve_fixed_in": "Fixed In",
    "cve_link": "Link",
    "cve_type": "Type",
}


def of_today(said: sdk.Json) -> sdk.Row:
    node = sdk.first(*(said.get(name) for name in ("cve_container_image", "node_name", "host_name")))
    row = {column: sdk.text(said.get(name)) or "" for name, column in _TODAY.items()}
    return {**row, "Node Name": node or "", "Masked": str(said.get("masked"))}


def vulnerability(row: sdk.Row) -> sdk.ReportedFinding:
    # A version of Debian has a colon in it, and so has a name of Maven.
    is_java = sdk.purl_type(row.get("Type")) == "maven"
    package = row["Caused By Package"]
    name, _, version = (
        package.rpartition(":") if is_java and package.count(":") > 1 else package.partition(":")
    )
    path = sdk.text(row.get("Caused By Package Path"))
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(row["CVE ID"], name, version),
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
        suppression=sdk.suppression(row.get("Masked", "").lower() == "true", justification="masked"),
        target=sdk.text(row["Node Name"]),
    )
