"""Nexpose and InsightVM (Rapid7): vulnerable hosts. What a check means stands once, behind all the hosts."""

from collections.abc import Iterator

from msgspec.structs import replace

from hauberk.parsers import sdk

_NODE = "nodes/node"
_DEFINITION = "VulnerabilityDefinitions/vulnerability"
_WHEN = "%Y%m%dT%H%M%S%f"
_SEVERITIES: sdk.Scale = {  # https://docs.rapid7.com/insightvm/working-with-vulnerabilities: 1 to 10, as CVSS has it
    "0": sdk.Severity.INFO,
    **dict.fromkeys(("1", "2", "3"), sdk.Severity.LOW),
    **dict.fromkeys(("4", "5", "6"), sdk.Severity.MEDIUM),
    **dict.fromkeys(("7", "8"), sdk.Severity.HIGH),
    **dict.fromkeys(("9", "10"), sdk.Severity.CRITICAL),
}


@sdk.parser(
    id="nexpose-xml",
    scanner="Nexpose",
    title="Nexpose and InsightVM XML",
    docs="https://docs.rapid7.com/nexpose/xml-export-schema",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("NexposeReport"),
    repeats_over="hosts and ports",
    versions="XML Export and XML Export 2.0",
)
def nexpose(report: sdk.Report) -> sdk.Findings:
    """Reports → Create a report → Export → XML Export 2.0"""
    known: dict[str, sdk.ReportedFinding] = {}
    for node in report.xml(_DEFINITION, "scans/scan"):
        if node.pattern == _DEFINITION:
            known[node.value.get("id", "").lower()] = _definition(node.value)
        else:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value.get("endTime"), _WHEN))
    for node in report.xml(_NODE):
        yield sdk.ReportHeader(targets=sdk.texts(node.value.get("address")))
        yield from report.read_one(node, lambda host: _host(host, known))


def _definition(said: sdk.XmlElement) -> sdk.ReportedFinding:
    listed = [
        (each.get("source"), sdk.text(each.text) or "") for each in said.iterfind("references/reference")
    ]
    tags = [each.text for each in said.iterfind("tags/tag")]
    vectors = (
        (said.get("cvssV3Vector"), said.get("cvssV3Score"), "Rapid7"),
        (said.get("cvssVector"), said.get("cvssScore"), "Rapid7"),
    )
    exploits = [each.get("link") for each in said.iterfind("exploits/exploit")]
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=said.get("title") or said.get("id") or "",
        severity=sdk.severity(said.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=said.get("id"),
        description=_prose(said.find("description")),
        remediation=_prose(said.find("solution")),
        identifiers=sdk.identifiers([name for _, name in listed]),
        cwes=sdk.cwes([name for source, name in listed if source == "CWE"], tags),
        cvss=sdk.assessments(*vectors),
        references=sdk.urls([name for _, name in listed], exploits),
        tags=sdk.texts(tags),
    )


def _host(host: sdk.XmlElement, known: dict[str, sdk.ReportedFinding]) -> Iterator[sdk.ReportedFinding]:
    names = [each.text for each in host.iterfind("names/name")]
    ids = sdk.machine(mac=host.get("hardware-address"), name=names)
    at_host = sdk.Location(host=host.get("address"), host_ids=ids)
    if host.get("status") == "alive":
        yield _observation("Host Up", "host-up", at_host)
    for test in host.iterfind("tests/test"):
        yield from _test(test, at_host, known)
    for endpoint in host.iterfind("endpoints/endpoint"):
        port, protocol = endpoint.get("port"), endpoint.get("protocol") or ""
        place = replace(at_host, port=sdk.port(port), protocol=protocol or None)
        if endpoint.get("status") == "open":
            title = f"Open port {protocol.upper()}/{port}"
            yield _observation(title, f"open-port-{port}-{protocol}", place, endpoint)
        for test in (*endpoint.iterfind("tests/test"), *endpoint.iterfind("services/service/tests/test")):
            yield from _test(test, place, known)


def _observation(
    title: str, rule: str, place: sdk.Location, endpoint: sdk.XmlElement | None = None
) -> sdk.ReportedFinding:
    found = endpoint.iterfind("services/service/fingerprints/fingerprint") if endpoint is not None else ()
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=title,
        severity=sdk.Severity.INFO,
        rule_id=rule,
        locations=(place,),
        components=tuple(
            sdk.Component(name=each.get("product", ""), version=each.get("version"))
            for each in found
            if each.get("product")
        ),
        target=place.host,
    )


def _test(
    test: sdk.XmlElement, place: sdk.Location, known: dict[str, sdk.ReportedFinding]
) -> Iterator[sdk.ReportedFinding]:
    """A check that found something; `exception-vulnerable-…` was excepted by someone."""
    state, rule = test.get("status") or "", test.attrib["id"]
    if "vulnerable" not in state or state.startswith("not-"):
        return
    about = known.get(rule.lower()) or replace(_observation(rule, rule, place), severity=sdk.Severity.UNKNOWN)
    yield replace(
        about,
        locations=(replace(place, evidence=_prose(test)),),
        confidence=state.removeprefix("exception-"),
        found_at=sdk.timestamp(test.get("vulnerable-since"), _WHEN),
        suppression=sdk.suppression(state.startswith("exception-"), justification="excepted"),
        target=place.host,
    )


def _prose(element: sdk.XmlElement | None) -> str | None:
    """Nested paragraphs and lists, each piece on its line."""
    pieces = (" ".join(piece.split()) for piece in element.itertext()) if element is not None else ()
    return "\n".join(piece for piece in pieces if piece) or None
