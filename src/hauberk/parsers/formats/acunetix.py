"""Acunetix: a web vulnerability scanner. Its XML names the problem, the path it affects and the parameter."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from urllib.parse import urljoin

from hauberk.parsers import sdk

_DATES = ("%d/%m/%Y, %H:%M:%S", "%d/%m/%Y %H:%M:%S")


@sdk.parser(
    id="acunetix-xml",
    scanner="Acunetix",
    title="Acunetix XML",
    docs="https://www.acunetix.com/support/docs/wvs/exporting-scan-results/",
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("ScanGroup"),
    versions="version 8 and later",
)
def acunetix_xml(report: sdk.Report) -> sdk.Findings:
    """In the scan: Export to → Acunetix XML"""
    yield sdk.ReportHeader(scanned_at=_moment(report.xml_root().attributes.get("ExportedOn")))
    for node in report.xml("Scan/ReportItems/ReportItem", "Scan"):
        scan = next(iter(node.value.iterancestors("Scan")), node.value)
        start = sdk.text(scan.findtext("StartURL")) or ""
        if node.pattern == "Scan":
            host = sdk.at_url(start).host
            at = _moment(scan.findtext("FinishTime")) or _moment(scan.findtext("StartTime"))
            yield sdk.ReportHeader(asset=host, asset_kind="site", targets=sdk.texts(start), scanned_at=at)
        else:
            yield from report.read_one(node, partial(_item, start))


def _item(start: str, item: sdk.XmlElement) -> sdk.Findings:
    said = sdk.child_texts(item)
    cwes = [each.get("id") or each.text for each in item.iterfind("CWEList/CWE")]
    is_false = (said.get("IsFalsePositive") or "").lower() in ("true", "1")
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=said["Name"] or "",
        severity=sdk.severity(said.get("Severity")),
        severity_reported=said.get("Severity"),
        rule_id=said["Name"],  # a module tests for several problems
        rule_name=said.get("ModuleName"),
        description=sdk.paragraphs(
            *(sdk.plain(said.get(name)) for name in ("Description", "DetailedInformation", "Impact"))
        ),
        remediation=sdk.plain(said.get("Recommendation")),
        identifiers=sdk.identifiers(
            [said["Name"] or "", *(each.text or "" for each in item.iterfind("CVEList/CVE/ID"))],
            [each.text or "" for each in item.iterfind("CVEList/CVE")],
        ),
        cwes=sdk.cwes(cwes, said.get("CWE")),
        cvss=sdk.assessments(*_assessments(item)),
        locations=(_place(start, said, item),),
        references=sdk.urls([each.text for each in item.iterfind("References/Reference/URL")]),
        tags=sdk.texts(said.get("Type")),
        suppression=sdk.suppression(is_false, justification="false positive"),
        target=start or None,
    )


def _assessments(item: sdk.XmlElement) -> Iterator[sdk.Rating]:
    for tag in ("CVSS4", "CVSS3", "CVSS"):
        for each in item.iterfind(tag):
            yield each.findtext("Descriptor") or each.text, sdk.text(each.findtext("Score")), "Acunetix"


def _place(start: str, said: dict[str, str | None], item: sdk.XmlElement) -> sdk.Location:
    affects = said.get("Affects") or ""
    details = item.findall("TechnicalDetails")
    request = sdk.text(details[0].findtext("Request")) if details else None
    response = sdk.text(details[0].findtext("Response")) if details else None
    path = affects if affects.startswith(("/", "http://", "https://")) else ""  # or `Web Server`
    return sdk.at_url(
        urljoin(start, path) if "://" in start else f"{start}{path}",
        method=sdk.http_method(request),
        parameter=said.get("Parameter"),
        evidence=sdk.paragraphs(sdk.plain(said.get("Details")), request, response),
    )


def _moment(value: str | None) -> datetime | None:
    return sdk.timestamp(value, *_DATES)
