"""Qualys: detections of hosts, from the API. It names checks by number; titles and texts are in the knowledge base."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import qualys


@sdk.parser(
    id="qualys-detections-xml",
    scanner="Qualys",
    title="Qualys host detections",
    docs="https://docs.qualys.com/en/vm/api/assets/host_lists/vm_detection.htm",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("HOST_LIST_VM_DETECTION_OUTPUT"),
    items=sdk.XmlElements("RESPONSE/HOST_LIST/HOST"),
    header={"scanned_at": "RESPONSE/DATETIME"},
    versions="API 2.0 and later",
)
def qualys_detections(host: sdk.XmlElement) -> sdk.Findings:
    """`curl -u "$USER" -d "action=list" https://…/api/2.0/fo/asset/host/vm/detection/ -o detections.xml`"""
    names = [host.findtext(tag) for tag in ("DNS_DATA/FQDN", "DNS", "IP", "IPV6", "NETBIOS")]
    name = sdk.first(names)
    ids = sdk.machine(names, cloud=host.findtext("CLOUD_RESOURCE_ID"))
    yield sdk.ReportHeader(targets=sdk.texts(name))
    for detection in host.iterfind("DETECTION_LIST/DETECTION"):
        said = sdk.child_texts(detection)
        set_aside = (word for word in ("ignored", "disabled") if said.get(f"IS_{word.upper()}") == "1")
        yield sdk.ReportedFinding(
            kind=sdk.INFRASTRUCTURE,
            title=said.get("TITLE") or f"Qualys check {said['QID']}",
            severity=sdk.severity(said.get("SEVERITY"), qualys.SEVERITIES),
            severity_reported=said.get("SEVERITY"),
            rule_id=said["QID"],
            identifiers=sdk.identifiers([each.text or "" for each in detection.iterfind(".//VULN_ID")]),
            locations=(
                sdk.Location(
                    host=name,
                    host_ids=ids,
                    port=sdk.port(said.get("PORT")),
                    protocol=said.get("PROTOCOL"),
                    evidence=said.get("RESULTS"),
                ),
            ),
            tags=sdk.texts([f"QDS {said['QDS']}" if said.get("QDS") else None]),
            confidence=said.get("TYPE"),
            suppression=qualys.decided(sdk.first(*set_aside, said.get("STATUS"))),
            target=name,
            found_at=sdk.timestamp(said.get("FIRST_FOUND_DATETIME")),
        )
