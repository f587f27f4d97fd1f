"""Invicti, called Netsparker before, and Acunetix 360: one product's web application scans, as JSON and as XML."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import invicti

_DOCS = "https://www.invicti.com/support/vulnerabilities-list-report"


@sdk.parser(
    id="invicti-json",
    scanner="Invicti",
    title="Invicti, Netsparker and Acunetix 360 JSON",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("Generated", "Target.ScanId", "Target.Initiated", "Vulnerabilities"),
        sdk.JsonKeys("Vulnerabilities.item.Certainty", "Vulnerabilities.item.HttpRequest"),
    ),
    versions="the Vulnerabilities List of Invicti/Netsparker Enterprise and Standard and of Acunetix 360",
)
def invicti_json(report: sdk.Report) -> sdk.Findings:
    """Scan summary → Export → Vulnerabilities List, format JSON"""
    for node in report.json("Generated", "Target", "Vulnerabilities.item"):
        if node.pattern == "Generated":
            yield sdk.ReportHeader(scanned_at=invicti.moment(node.value))
        elif node.pattern == "Target":
            url = sdk.text(sdk.pick(node.value, "Url"))
            started = invicti.moment(sdk.pick(node.value, "Initiated"))
            yield sdk.ReportHeader(
                asset=sdk.at_url(url).host, asset_kind="site", targets=sdk.texts(url), scanned_at=started
            )
        else:
            yield from report.read_one(node, invicti.vulnerability)


@sdk.parser(
    id="invicti-xml",
    scanner="Invicti",
    title="Invicti, Netsparker and Acunetix 360 XML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        *(
            sdk.XmlRoot(f"{product}-{edition}", attributes=("generated",))
            for product in ("invicti", "netsparker", "acunetix")
            for edition in ("enterprise", "cloud", "standard", "360")
        )
    ),
    versions="the Vulnerabilities List with details",
)
def invicti_xml(report: sdk.Report) -> sdk.Findings:
    """Scan summary → Export → Vulnerabilities List, format XML"""
    yield sdk.ReportHeader(scanned_at=invicti.moment(report.xml_root().attributes.get("generated")))
    for node in report.xml("target/url", "vulnerabilities/vulnerability"):
        if node.pattern == "target/url":
            yield sdk.ReportHeader(asset=sdk.at_url(node.value.text).host, targets=sdk.texts(node.value.text))
        else:
            yield from report.read_one(_as_json(node), invicti.vulnerability)


@sdk.parser(
    id="netsparker-xml",
    scanner="Invicti",
    title="Netsparker Standard XML",
    docs="https://www.invicti.com/support/custom-reports",
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("netsparker", attributes=("generated",)),
    versions="Netsparker 2 to 5, the Vulnerabilities List",
)
def netsparker_xml(report: sdk.Report) -> sdk.Findings:
    """Reporting → Vulnerabilities List (XML)"""
    yield sdk.ReportHeader(scanned_at=invicti.moment(report.xml_root().attributes.get("generated")))
    for node in report.xml("target/url", "vulnerability"):
        if node.pattern == "target/url":
            yield sdk.ReportHeader(asset=sdk.at_url(node.value.text).host, targets=sdk.texts(node.value.text))
        else:
            yield from report.read_one(node, invicti.of_netsparker)


def _as_json(node: sdk.Node) -> sdk.Node:
    """An element in the JSON report's shape: `http-request/method` is `HttpRequest.Method` there."""
    return sdk.Node(node.pattern, _shaped(node.value), node.key, node.container)


def _shaped(element: sdk.XmlElement) -> sdk.Json:
    if element.get("name"):
        return {"Name": element.get("name"), "Value": element.get("value") or element.text, **_flags(element)}
    if not len(element):
        return {"True": True, "False": False}.get(element.text or "", element.text)
    tag = sdk.local_name(element.tag)
    if tag in ("extra-information", "known-vulnerabilities", "parameters"):
        return [_shaped(child) for child in element]
    return {sdk.local_name(child.tag).title().replace("-", ""): _shaped(child) for child in element}


def _flags(element: sdk.XmlElement) -> dict[str, bool]:
    return {"Vulnerable": (element.get("vulnerable") or "").lower() == "true"}
