"""Qualys: vulnerabilities of hosts, as XML: the report on assets, and the results of one scan."""

from functools import partial

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import qualys

_DOCS = "https://docs.qualys.com/en/vm/latest/reports/report_formats.htm"
_HOST, _CHECK = "HOST_LIST/HOST", "GLOSSARY/VULN_DETAILS_LIST/VULN_DETAILS"
_GROUPS = ("VULNS", "INFOS", "SERVICES", "PRACTICES")


@sdk.parser(
    id="qualys-xml",
    scanner="Qualys",
    title="Qualys asset report XML",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("ASSET_DATA_REPORT"),
    versions="host-based scan reports of VM/VMDR (`asset_data_report.dtd`)",
)
def qualys_xml(report: sdk.Report) -> sdk.Findings:
    """VMDR → Reports → New → Scan Report (host based findings) → format XML"""
    known: dict[str, sdk.ReportedFinding] = {}
    for node in report.xml(_CHECK, "HEADER/GENERATION_DATETIME"):
        if node.pattern == _CHECK:
            check = qualys.definition(node.value)
            known[check.rule_id or ""] = check
        else:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value.text))
    for node in report.xml(_HOST):
        yield from report.read_one(node, partial(_host, known))


@sdk.parser(
    id="qualys-scan-xml",
    scanner="Qualys",
    title="Qualys scan results XML",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.XmlRoot("SCAN", "HEADER/KEY", attributes=("value",)), sdk.XmlRoot("SCAN", "IP/VULNS")
    ),
    versions="the results of one scan (`scan-1.dtd`)",
)
def qualys_scan_xml(report: sdk.Report) -> sdk.Findings:
    """Scans → a finished scan → Download → XML"""
    for node in report.xml("HEADER/KEY", "IP"):
        if node.pattern == "IP":
            yield from report.read_one(node, _scanned)
        elif node.value.get("value") == "DATE":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value.text))


def _host(known: dict[str, sdk.ReportedFinding], host: sdk.XmlElement) -> sdk.Findings:
    name = sdk.first(host.findtext("DNS"), host.findtext("IP"))
    ids = sdk.machine(
        [host.findtext(tag) for tag in ("IP", "IPV6")],
        cloud=host.findtext(".//EC2_INSTANCE_ID"),
        name=None if host.findtext("DNS") else host.findtext("NETBIOS"),
    )
    yield sdk.ReportHeader(targets=sdk.texts(name))
    for info in host.iterfind("VULN_INFO_LIST/VULN_INFO"):
        said = sdk.child_texts(info)
        rule = said.get("QID") or ""
        about = known.get(rule) or sdk.ReportedFinding(
            kind=sdk.INFRASTRUCTURE, title=f"Qualys check {rule}", severity=sdk.Severity.UNKNOWN, rule_id=rule
        )
        yield replace(
            about,
            locations=(_place(name, ids, said),),
            confidence=said.get("TYPE"),
            suppression=qualys.decided(said.get("VULN_STATUS")),
            found_at=sdk.timestamp(said.get("FIRST_FOUND")),
            target=name,
        )


def _place(name: str | None, ids: tuple[str, ...], said: dict[str, str | None]) -> sdk.Location:
    return sdk.Location(
        host=name,
        host_ids=ids,
        port=sdk.port(said.get("PORT")),
        protocol=said.get("PROTOCOL"),
        evidence=said.get("RESULT"),
    )


def _scanned(ip: sdk.XmlElement) -> sdk.Findings:
    """Vulnerabilities, and what was gathered: services, practices and information are listed apart."""
    name = sdk.first(ip.get("name"), ip.get("value"))
    name = sdk.text(ip.get("value")) if name == "No registered hostname" else name
    ids = sdk.machine(ip.get("value"))
    yield sdk.ReportHeader(targets=sdk.texts(name))
    for category in (each for group in _GROUPS for each in ip.iterfind(f"{group}/CAT")):
        for vuln in category.iterfind("*"):
            if vuln.get("number"):
                yield replace(
                    qualys.definition(vuln),
                    locations=(_scanned_place(name, ids, category, vuln),),
                    tags=sdk.texts(category.get("value")),
                    target=name,
                )


def _scanned_place(
    name: str | None, ids: tuple[str, ...], category: sdk.XmlElement, vuln: sdk.XmlElement
) -> sdk.Location:
    port = {"PORT": sdk.text(category.get("port")), "PROTOCOL": sdk.text(category.get("protocol"))}
    return _place(name, ids, {**port, "RESULT": sdk.text(vuln.findtext("RESULT"))})
