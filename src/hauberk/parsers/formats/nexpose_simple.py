"""Nexpose's Simple XML: which checks found something on which hosts and services. It says neither what they mean nor how bad it is."""

from collections.abc import Iterator

from msgspec.structs import replace

from hauberk.parsers import sdk

_EVIDENCE = {"E": "exploited", "V": "version", "P": "potential"}
_FOUND = {f"{state}{how}": said for state in "VE" for how, said in _EVIDENCE.items()}


@sdk.parser(
    id="nexpose-simple-xml",
    scanner="Nexpose",
    title="Nexpose Simple XML",
    docs="https://docs.rapid7.com/nexpose/creating-reports-based-on-document-templates/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("NeXposeSimpleXML"),
    items=sdk.XmlElements("devices/device"),
    repeats_over="hosts and ports",
    versions="1.0",
)
def nexpose_simple(device: sdk.XmlElement) -> sdk.Findings:
    """Reports → Create a report → Export → Simple XML Export"""
    host = sdk.Location(host=device.get("address"))
    yield sdk.ReportHeader(targets=sdk.texts(host.host))
    yield from _vulnerabilities(device, host)
    for service in device.iterfind("services/service"):
        port = sdk.port(service.get("port"))
        yield from _vulnerabilities(service, replace(host, port=port, protocol=service.get("protocol")))


def _vulnerabilities(element: sdk.XmlElement, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    """What begins with an E was excepted by someone; other codes say that nothing was found, or could not be looked for."""
    for found in element.iterfind("vulnerabilities/vulnerability"):
        code = found.get("resultCode") or ""
        if code in _FOUND:
            yield sdk.ReportedFinding(
                kind=sdk.INFRASTRUCTURE,
                title=found.attrib["id"],
                severity=sdk.Severity.UNKNOWN,
                rule_id=found.attrib["id"],
                identifiers=sdk.identifiers([each.text for each in found.iterfind("id")]),
                locations=(place,),
                confidence=_FOUND[code],
                suppression=sdk.suppression(code[0] == "E", justification="excepted"),
                target=place.host,
            )
