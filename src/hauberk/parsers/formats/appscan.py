"""HCL AppScan, formerly IBM's: issues as XML, of AppScan on Cloud and of AppScan Standard."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_ISSUE = "issue-group/item"
_TABLES = ("url-group/item", "entity-group/item", "issue-type-group/item")
_NAMED = {"name": "AppScan Report"}
_NOT_OF_CLOUD = _NAMED | {"AsocXmlExportVersion": ""}
_OF_STANDARD = ("scan-information", "scan-configuration")
_DATES = ("%A, %B %d, %Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S")


@sdk.parser(
    id="appscan-cloud-xml",
    scanner="HCL AppScan",
    title="HCL AppScan on Cloud XML",
    docs="https://help.hcl-software.com/appscan/ASoC/appseccloud_report_sample.html",
    kinds=[sdk.DAST, sdk.SAST],
    sniff=sdk.XmlRoot("xml-report", attributes=("AsocXmlExportVersion",), values=_NAMED),
)
def appscan_cloud(report: sdk.Report) -> sdk.Findings:
    """In the scan or application: Reports → Security report → XML"""
    yield from _issues(report)


@sdk.parser(
    id="appscan-standard-xml",
    scanner="HCL AppScan",
    title="HCL (IBM) AppScan Standard XML",
    docs="https://help.hcl-software.com/appscan/Standard/10.0.0/c_ReportsExportScanResultsAsXML.html",
    kinds=[sdk.DAST, sdk.SAST],
    sniff=sdk.AnyOf(*(sdk.XmlRoot("xml-report", path, values=_NOT_OF_CLOUD) for path in _OF_STANDARD)),
    repeats_over="hosts and ports",
    versions="9 and later",
)
def appscan_standard(report: sdk.Report) -> sdk.Findings:
    """File → Export → Scan Results as XML"""
    yield from _issues(report)


def _issues(report: sdk.Report) -> sdk.Findings:
    named: dict[str | None, str | None] = {}
    types: dict[str | None, str] = {}
    when = "scan-information/scan-date-and-time"
    for node in report.xml(*_TABLES, when):
        if node.pattern == when:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value.text, *_DATES))
        else:
            name = node.value.get("id")
            named[name] = sdk.text(node.value.findtext("name"))
            types[name] = " ".join(each.text or "" for each in node.value.iterfind("cve"))
    overall = report.xml_root().attributes.get("technology")  # `Mixed` where each issue has its own
    yield from report.read(report.xml(_ISSUE), partial(_issue, named, types, overall))


def _issue(
    named: dict[str | None, str | None],
    types: dict[str | None, str],
    overall: str | None,
    item: sdk.XmlElement,
) -> sdk.Findings:
    rule = sdk.text(item.findtext("issue-type/ref"))
    word = sdk.text(item.findtext("severity"))
    state = sdk.text(item.findtext("status")) or ""
    is_code = (sdk.text(item.findtext("technology")) or overall) == "SAST"
    vectors = [each.text for tag in ("vector", "base-vector") for each in item.iterfind(f"cvss-vector/{tag}")]
    score = sdk.text(item.findtext("cvss-score"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST if is_code else sdk.DAST,
        title=sdk.text(item.findtext("issue-type-name")) or named.get(rule) or rule or "",
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=rule,
        description=sdk.paragraphs(*(each.text for each in item.iterfind("variant-group/item/reasoning"))),
        identifiers=sdk.identifiers(types.get(rule), item.findtext("cve")),
        cwes=sdk.cwes(*(each.text for tag in ("cwe", "cwe/ref") for each in item.iterfind(tag))),
        cvss=sdk.assessments(*((_versioned(each), score, "HCL AppScan") for each in vectors or [None])),
        locations=(_code(item),) if is_code else (_place(item, named),),
        stable_id=sdk.text(item.findtext("asoc-issue-id")) or item.get("id"),
        suppression=sdk.suppression(state in ("Noise", "Passed", "Fixed"), justification=state.lower()),
        found_at=sdk.timestamp(item.findtext("date-created"), *_DATES),
    )


def _versioned(vector: str | None) -> str | None:
    """CVSS 3 vectors stand there without their prefix."""
    return f"CVSS:3.1/{vector}" if vector and vector.startswith("AV:") and "/PR:" in vector else vector


def _code(item: sdk.XmlElement) -> sdk.Location:
    path = sdk.first(item.findtext("source-file"), item.findtext("location"))
    return sdk.Location(path=path, line=sdk.line(item.findtext("line")))


def _place(item: sdk.XmlElement, named: dict[str | None, str | None]) -> sdk.Location:
    address = sdk.text(item.findtext("location")) or named.get(sdk.text(item.findtext("url/ref")))
    url = item.find("url")
    element, kind = sdk.text(item.findtext("element")), sdk.text(item.findtext("element-type"))
    entity = named.get(sdk.text(item.findtext("entity/ref")))
    return sdk.at_url(
        address,
        method=url.get("original_request_method") if url is not None else None,
        parameter=element if kind in ("Parameter", "Cookie", "Header") else _parameter(entity, address),
        evidence=sdk.paragraphs(*_traffic(item)),
    )


def _parameter(entity: str | None, address: str | None) -> str | None:
    """An entity is a page or a parameter of it; the page's name ends its address."""
    return None if not entity or not address or entity in address else entity


def _traffic(item: sdk.XmlElement) -> Iterator[str | None]:
    for variant in item.iterfind("variant-group/item"):
        yield sdk.text(variant.findtext("differences/item/value"))
        yield sdk.text(variant.findtext("test-http-traffic"))
