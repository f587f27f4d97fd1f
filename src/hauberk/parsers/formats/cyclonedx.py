"""CycloneDX: bills of materials with vulnerabilities, and VEX. Its JSON and XML are one model, read by one function."""

from collections.abc import Callable, Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cyclonedx

_DOCS = "https://cyclonedx.org/capabilities/vdr/"
_JSON = {
    "serial": "serialNumber",
    "edition": "version",
    "metadata": "metadata",
    "component": "components.item",
    "vulnerability": "vulnerabilities.item",
}
_XML = {
    "metadata": "metadata",
    "component": "components/component",
    "vulnerability": "vulnerabilities/vulnerability",
}
_LISTS = frozenset(
    (
        *("vulnerabilities", "components", "ratings", "cwes", "advisories", "references", "affects"),
        *("versions", "recommendations", "properties", "occurrences", "tools"),
    )
)
_DEEPEST = 40

Parts = Callable[..., Iterator[tuple[str, sdk.Node]]]
"""Walks the document for the parts named: `serial`, `edition`, `metadata`, `component`, `vulnerability`."""


@sdk.parser(
    id="cyclonedx-json",
    scanner="CycloneDX",
    title="CycloneDX JSON",
    docs=_DOCS,
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.JsonKeys("specVersion", values={"bomFormat": "CycloneDX"}),
    versions="1.2 and later; SBOM with vulnerabilities, VDR and VEX",
)
def cyclonedx_json(report: sdk.Report) -> sdk.Findings:
    """`grype IMAGE -o cyclonedx-json`, `trivy image --format cyclonedx --scanners vuln IMAGE`, …"""

    def parts(*wanted: str) -> Iterator[tuple[str, sdk.Node]]:
        names = {_JSON[part]: part for part in wanted}
        for node in report.json(*names):
            yield names[node.pattern], node

    yield from _findings(report, parts)


@sdk.parser(
    id="cyclonedx-xml",
    scanner="CycloneDX",
    title="CycloneDX XML",
    docs=_DOCS,
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.XmlRoot("bom", namespace=r"http://cyclonedx\.org/schema/bom/.*"),
    versions="1.1 and later, also with the older vulnerability extension",
)
def cyclonedx_xml(report: sdk.Report) -> sdk.Findings:
    """`grype IMAGE -o cyclonedx`, `cyclonedx convert --output-format xml`, …"""

    def parts(*wanted: str) -> Iterator[tuple[str, sdk.Node]]:
        names = {_XML[part]: part for part in wanted if part in _XML}
        # Dependencies are asked for so that they are freed when passed.
        for node in report.xml(*_XML.values(), "dependencies/dependency"):
            if node.pattern in names:
                value = _as_json(node.value)
                yield names[node.pattern], sdk.Node(node.pattern, value, node.key, node.container)

    yield from _findings(report, parts)


def _findings(report: sdk.Report, parts: Parts) -> sdk.Findings:
    """Three passes, so that only what the vulnerabilities point to is held, wherever it stands in the document."""
    wanted = {ref for _, node in parts("vulnerability") for ref in cyclonedx.refs_of(node.value)}
    report.drain()
    bom = cyclonedx.Bom(wanted)
    for part, node in parts("serial", "edition", "metadata", "component"):
        if part == "metadata":
            yield bom.header(node.value)
        elif part == "serial":
            yield sdk.ReportHeader(document_id=sdk.text(node.value))
        elif part == "edition":
            yield sdk.ReportHeader(document_version=sdk.text(node.value))
        else:
            yield from report.read_one(node, bom.own_findings)
    yield from report.drain()
    yield from report.read((node for _, node in parts("vulnerability")), bom.findings)


def _as_json(element: sdk.XmlElement, depth: int = 0) -> sdk.Json:
    """The element in the shape that CycloneDX gives it in JSON."""
    name = sdk.local_name(element.tag)
    children = [child for child in element if depth < _DEEPEST]
    if name in _LISTS and not any(sdk.local_name(child.tag) in _LISTS for child in children):
        return [_as_json(child, depth + 1) for child in children]
    # Attributes of other namespaces may stand at any element, and JSON has none of them.
    said: dict[str, sdk.Json] = {
        str(key): value for key, value in element.attrib.items() if str(key)[:1] != "{"
    }
    if not children and not said:
        return element.text
    if element.text and element.text.strip():
        said["value"] = element.text
    return said | {sdk.local_name(child.tag): _as_json(child, depth + 1) for child in children}
