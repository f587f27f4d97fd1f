"""Tenable Vulnerability Management: what its API exports, a file for each chunk."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cpe, tenable

_VERSIONS = (("cvss4", "4.0"), ("cvss3", "3.0"), ("cvss", "2.0"))


@sdk.parser(
    id="tenable-io-json",
    scanner="Nessus",
    title="Tenable Vulnerability Management JSON",
    docs="https://developer.tenable.com/reference/exports-vulns-download-chunk",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonLineKeys("asset.uuid", "plugin.id", "plugin.name", "port.port", "severity_id"),
    items=sdk.JsonLines(),
    versions="`/vulns/export`: a chunk, or chunks behind one another",
)
def tenable_api(found: sdk.Json) -> sdk.Findings:
    """`GET /vulns/export/{uuid}/chunks/{number}`, also by pyTenable's `exports.vulns()`"""
    asset, plugin, port = found["asset"], found["plugin"], found.get("port") or {}
    crossed = " ".join(f"{each.get('type')}:{each.get('id')}" for each in sdk.listed(plugin.get("xrefs")))
    address = sdk.first(asset.get("ipv4"), asset.get("ipv6"))
    host = sdk.first(asset.get("hostname"), asset.get("fqdn")) or address
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=plugin["name"],
        severity=sdk.severity(found.get("severity"), tenable.SEVERITIES),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=sdk.text(plugin["id"]),
        description=tenable.joined(plugin.get("synopsis"), plugin.get("description")),
        remediation=tenable.joined(plugin.get("solution")),
        identifiers=sdk.identifiers(plugin.get("cve")),
        cwes=sdk.cwes(crossed),
        cvss=sdk.assessments(
            *(
                (sdk.pick(plugin, f"{name}_vector.raw"), plugin.get(f"{name}_base_score"), "Tenable", version)
                for name, version in _VERSIONS
            )
        ),
        epss=sdk.number(plugin.get("epss_score")),
        known_exploited=tenable.is_known_exploited(crossed),
        locations=(
            sdk.Location(
                host=host,
                host_ids=sdk.machine(
                    [asset.get("ipv4"), asset.get("ipv6")], mac=asset.get("mac_address"), uuid=asset["uuid"]
                ),
                port=sdk.port(port.get("port")),
                protocol=(sdk.text(port.get("protocol")) or "").lower() or None,
                evidence=sdk.text(found.get("output")),
            ),
        ),
        components=tuple(
            software for named in sdk.texts(plugin.get("cpe")) for software in cpe.software(named)
        ),
        references=sdk.urls(plugin.get("see_also")),
        tags=sdk.texts(plugin.get("family")),
        suppression=_suppression(found),
        target=host,
        found_at=sdk.timestamp(found.get("first_found")),
    )


def _suppression(found: sdk.Json) -> sdk.Suppression | None:
    if found.get("state") == "FIXED":
        return sdk.Suppression(justification="fixed")
    if found.get("severity_modification_type") == "ACCEPTED":
        return sdk.Suppression(justification=sdk.text(found.get("recast_reason")) or "accepted")
    return None
