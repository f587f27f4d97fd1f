"""Outpost24 (OUTSCAN, HIAB): vulnerabilities of hosts."""

from hauberk.parsers import sdk

_RISKS: sdk.Scale = {  # https://kb.outpost24.com/kb/xml-report
    "0": sdk.Severity.INFO,
    "1": sdk.Severity.LOW,
    "2": sdk.Severity.MEDIUM,
    "4": sdk.Severity.HIGH,
}


@sdk.parser(
    id="outpost24-xml",
    scanner="Outpost24",
    docs="https://kb.outpost24.com/kb/export-reports",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("main", "reportinfo", "hostlist"),
    items=sdk.XmlElements("detaillist/detail"),
    header={"scanned_at": "reportinfo/reportdate"},
)
def outpost24(detail: sdk.XmlElement) -> sdk.Findings:
    """Reporting Tools → Export → XML"""
    said = sdk.child_texts(detail)
    host = said.get("hostname") or said["ip"]
    product = said.get("product")
    risk, scores = said.get("risk"), (said.get("cvss_v3_score"), said.get("cvss_score"))
    vector2 = (said.get("cvss_vector") or "").partition(") ")[0]
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=said["name"] or "",
        severity=sdk.severity(risk, _RISKS) if risk in _RISKS else sdk.severity_of_score(sdk.first(scores)),
        severity_reported=risk,
        rule_id=said.get("id"),
        description=said.get("description"),
        remediation=sdk.paragraphs(said.get("solutiontitle"), said.get("solution")),
        identifiers=sdk.identifiers([each.text or "" for each in detail.iterfind("cve/id")]),
        cvss=sdk.assessments(
            (said.get("cvss_v3_vector"), said.get("cvss_v3_score"), "Outpost24", "3.0"),
            (vector2, said.get("cvss_score"), "Outpost24", "2.0"),
        ),
        locations=(
            sdk.Location(
                host=host,
                host_ids=sdk.machine(said["ip"]),
                port=sdk.port(detail.findtext("portinfo/portnumber")),
                protocol=(sdk.text(detail.findtext("portinfo/protocol")) or "").lower() or None,
                evidence=said.get("information"),
            ),
        ),
        components=(sdk.Component(name=product),) if product else (),
        references=sdk.urls([each.text for each in detail.iterfind("referencelist/reference/url")]),
        tags=sdk.texts([said.get("family"), said.get("category")]),
        suppression=sdk.suppression(said.get("falsepositive") == "1", justification="false positive"),
        target=host,
        found_at=sdk.timestamp(detail.findtext("history/firstseen")),
    )
