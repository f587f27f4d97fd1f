"""ImmuniWeb: vulnerabilities of a pentest as XML, and remedies for an organization's attack surface as JSON."""

import re

from hauberk.parsers import sdk

_SCORED = re.compile(r"(?P<score>[\d.]+)\s*(?:\[(?P<vector>[^\]]+)\])?")
_RISKS: sdk.Scale = {  # https://www.immuniweb.com/products/ondemand/: a security warning is below low
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    **dict.fromkeys(("warning", "security warning", "informational"), sdk.Severity.INFO),
}
_SECTIONS = ("domains", "webapps", "mobileapps", "cloud", "network", "repositories", "incidents")


@sdk.parser(
    id="immuniweb-xml",
    scanner="ImmuniWeb",
    title="ImmuniWeb XML",
    docs="https://www.immuniweb.com/products/ondemand/",
    kinds=[sdk.MANUAL],
    sniff=sdk.XmlRoot("Vulnerabilities", "Vulnerability/CWE-ID", "Vulnerability/Risk"),
    items=sdk.XmlElements("Vulnerability"),
)
def immuniweb_xml(vulnerability: sdk.XmlElement) -> sdk.Findings:
    """In the project: Vulnerabilities → Export → XML"""
    said = sdk.child_texts(vulnerability)
    proof = said.get("PoC")
    state = (said.get("Status") or "").lower()
    yield sdk.ReportedFinding(
        kind=sdk.MANUAL,
        title=said["Name"] or "",
        severity=sdk.severity(said.get("Risk"), _RISKS),
        severity_reported=said.get("Risk"),
        rule_id=said.get("Type"),
        description=sdk.plain(said.get("Description")),
        remediation=sdk.plain(said.get("Remediation")),
        identifiers=sdk.identifiers(said.get("CVE-ID"), said["Name"]),
        cwes=sdk.cwes(said.get("CWE-ID")),
        cvss=_assessments(said),
        locations=(sdk.at_url(said.get("URL"), method=sdk.http_method(proof), evidence=proof),),
        stable_id=said.get("ID"),
        suppression=sdk.suppression(state in ("fixed", "false positive", "accepted"), justification=state),
        found_at=sdk.timestamp(said.get("Date")),
    )


@sdk.parser(
    id="immuniweb-discovery-json",
    scanner="ImmuniWeb",
    title="ImmuniWeb Discovery JSON",
    docs="https://www.immuniweb.com/products/discovery/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys(*_SECTIONS),
)
def immuniweb_discovery(report: sdk.Report) -> sdk.Findings:
    """Discovery → Export → JSON. One finding for each remedy that it advises; it rates none of them."""
    yield from report.read(report.json(*(f"{section}.item" for section in _SECTIONS)), _asset)


def _assessments(said: dict[str, str | None]) -> tuple[sdk.Cvss, ...]:
    """`9.8 [CVSS:3.0/AV:N/…]`"""
    given = (_SCORED.match(said.get(name) or "") for name in ("CVSSv4", "CVSSv3", "CVSSv2"))
    return sdk.assessments(*((match["vector"], match["score"], "ImmuniWeb") for match in given if match))


def _asset(said: sdk.Json) -> sdk.Findings:
    name, kind = said["name"], sdk.text(said.get("type"))
    link = sdk.text(said.get("link"))
    place = sdk.at_url(link if link and "://" in link else f"https://{link or name}")
    has_host = bool(link) or "." in name.partition("/")[0]
    title = " - ".join(sdk.texts([f"{kind}: {name}", said.get("leak_name")]))
    for advice in sdk.texts(said.get("remediations") or ()):
        yield sdk.ReportedFinding(
            kind=sdk.INFRASTRUCTURE,
            title=title,
            severity=sdk.Severity.INFO,
            rule_id=f"{title}: {advice.partition('.')[0]}",  # the advice is all that it has for a name
            description=advice,
            remediation=advice,
            locations=(place,) if has_host else (sdk.Location(resource=name),),
            tags=sdk.texts([said.get("group"), said.get("tag")]),
            stable_id=sdk.text(said.get("id")),
            target=name,
            found_at=sdk.timestamp(said.get("discovered")),
        )
