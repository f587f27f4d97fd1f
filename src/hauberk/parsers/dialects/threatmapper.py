"""A vulnerability that ThreatMapper found, by the columns of its workbook, whichever of its reports it stands in."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_TODAY = "CVE ID|Severity|Attack Vector|Caused By Package|Node Name|CVSS Score|Description|Fixed In|Link|Type|Masked"
BEFORE = (
    *("cve_id", "cve_severity", "cve_attack_vector", "cve_caused_by_package", "cve_container_image"),
    *("cve_cvss_score", "cve_description", "cve_fixed_in", "cve_link", "cve_type", "masked"),
)


def of_today(said: sdk.Json) -> sdk.Row:
    """What its first tables and its JSON call by other names."""
    node = said.get("cve_container_image") or said.get("node_name") or said.get("host_name")
    values = (sdk.text(said.get(name)) or "" for name in BEFORE)
    return {
        **dict(zip(_TODAY.split("|"), values, strict=True)),
        "Node Name": sdk.text(node) or "",
        "Masked": str(said.get("masked")),
        "Caused By Package Path": sdk.text(said.get("cve_caused_by_package_path")) or "",
    }


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
