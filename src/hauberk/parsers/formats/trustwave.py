"""Trustwave: vulnerabilities of hosts, as CSV from TrustKeeper and as JSON from the Fusion API."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cpe

_COLUMNS = ("IP", "Target Name", "Domain", "Vulnerability Name", "Severity", "CVE", "Evidence")
_LETTERS: sdk.Scale = {  # TrustKeeper writes the word or its first letter
    "i": sdk.Severity.INFO,
    "l": sdk.Severity.LOW,
    "m": sdk.Severity.MEDIUM,
    "h": sdk.Severity.HIGH,
    "c": sdk.Severity.CRITICAL,
}
_CVE = re.compile(r"CVE-\d+-\d+")  # without leading zeros, too: `CVE-2002-839`


@sdk.parser(
    id="trustwave-csv",
    scanner="Trustwave",
    title="Trustwave CSV",
    docs="https://www.trustwave.com/en-us/services/managed-security/vulnerability-management/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def trustwave_csv(row: sdk.Row) -> sdk.Findings:
    """TrustKeeper → Scan results → Vulnerabilities → Export CSV"""
    host = row["Domain"] or row["IP"]
    cves = _CVE.findall(row["CVE"])
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=row["Vulnerability Name"],
        severity=sdk.severity(row["Severity"][:1], _LETTERS),
        severity_reported=row.get("Severity") or None,
        description=sdk.text(row.get("Description")),
        remediation=sdk.text(row.get("Remediation")),
        identifiers=tuple(dict.fromkeys(cves)),
        locations=(
            sdk.Location(
                host=host or None,
                host_ids=sdk.machine(row["IP"]),
                port=sdk.port(row.get("Port")),
                protocol=sdk.text(row.get("Protocol")),
                evidence=row["Evidence"] or None,
            ),
        ),
        references=sdk.links(row.get("Remediation"), row.get("Description")),
        tags=sdk.texts(row.get("Service")),
        target=row["Target Name"] or host or None,
    )


@sdk.parser(
    id="trustwave-fusion-json",
    scanner="Trustwave",
    title="Trustwave Fusion API",
    docs="https://docs.fusion.trustwave.com/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("items.item.classification", "items.item.kb", "items.item.location"),
    items=sdk.JsonItems("items.item"),
)
def trustwave_fusion(item: sdk.Json) -> sdk.Findings:
    """`curl -H "Authorization: Bearer …" https://api.fusion.example/v1/findings -o fusion.json`"""
    where, known = item["location"], item.get("kb") or {}
    address, host = _said(where.get("url")), _said(where.get("domain")) or _said(where.get("ip"))
    place = sdk.at_url(address) if address else sdk.Location(host=host)
    name = _said(where.get("applicationName"))
    software = next(cpe.software(_said(where.get("applicationCpe")) or ""), None)
    version = software.version if software else None
    yield sdk.ReportHeader(scanned_at=sdk.timestamp(sdk.pick(item, "job.jobEndTime")))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=item["name"],
        severity=sdk.severity(item.get("severity")),
        severity_reported=sdk.text(item.get("severity")),
        rule_id=_said(known.get("id")),
        identifiers=sdk.identifiers(known.get("cves")),
        cvss=sdk.assessments(
            (None, known.get("cvssV3BaseScore"), "Trustwave", "3.0"),
            (None, known.get("cvssV2BaseScore"), "Trustwave", "2.0"),
        ),
        locations=(
            sdk.Location(
                url=place.url,
                host=place.host,
                port=sdk.port(where.get("port")) or place.port,
                protocol=_said(where.get("transportProtocol")),
            ),
        ),
        components=(sdk.Component(name=name, version=version),) if name else (),
        tags=sdk.texts(item.get("classification")),
        target=place.host or host,
        found_at=sdk.timestamp(item.get("createdOn")),
    )


def _said(value: sdk.Json) -> str | None:
    """The API writes `None` as a word."""
    words = sdk.text(value)
    return None if words == "None" else words
