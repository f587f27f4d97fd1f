"""Nikto: a web server scanner, as XML, JSON and CSV."""

import csv
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import nikto

_DOCS = "https://github.com/sullo/nikto/wiki"


@sdk.parser(
    id="nikto-xml",
    scanner="Nikto",
    title="Nikto XML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("niktoscan"),
    versions="2.1 and later",
)
def nikto_xml(report: sdk.Report) -> sdk.Findings:
    """`nikto -h https://app.example -Format xml -output nikto.xml`"""
    scans = ("scandetails", "niktoscan/scandetails")
    for node in report.xml(*(f"{scan}/item" for scan in scans), *scans):
        scan = next(iter(node.value.iterancestors("scandetails")), node.value)
        if node.value is scan:
            at, version = sdk.timestamp(scan.get("starttime")), scan.getparent().get("version")
            yield sdk.ReportHeader(
                targets=sdk.texts(scan.get("sitename")), scanned_at=at, tool_version=version
            )
        else:
            yield from report.read_one(node, partial(_item, scan))


@sdk.parser(
    id="nikto-json",
    scanner="Nikto",
    title="Nikto JSON",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("host", "ip", "port", "banner", later=("vulnerabilities",)),
        sdk.JsonKeys("item.host", "item.ip", "item.port", "item.banner", later=("item.vulnerabilities",)),
    ),
    versions="2.1.6 and later, also of several runs, which it writes one behind another",
)
def nikto_json(report: sdk.Report) -> sdk.Findings:
    """`nikto -h https://app.example -Format json -output nikto.json`"""
    hosts: dict[str, dict[str, sdk.Json]] = {}
    names = ("host", "ip", "port")
    for node in report.json(*(f"{root}{name}" for root in ("", "item.") for name in names), many=True):
        hosts.setdefault(node.container, {})[str(node.key)] = node.value
    for node in report.json("vulnerabilities.item", "item.vulnerabilities.item", many=True):
        where = node.container.removesuffix("vulnerabilities").removesuffix(".")
        yield from report.read_one(node, partial(_vulnerability, hosts.get(where, {})))
    yield sdk.ReportHeader(targets=sdk.texts([nikto.site(host) for host in hosts.values()]))


@sdk.parser(
    id="nikto-csv",
    scanner="Nikto",
    title="Nikto CSV",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r'\A"?Nikto - v'),
    versions="2.1 and later",
)
def nikto_csv(report: sdk.Report) -> sdk.Findings:
    """`nikto -h https://app.example -Format csv -output nikto.csv`"""
    yield from report.read((node for node in report.lines() if node.value), _line)


def _item(scan: sdk.XmlElement, item: sdk.XmlElement) -> sdk.Findings:
    message = sdk.text(item.findtext("description"))
    site = sdk.first(scan.get("siteip"), scan.get("sitename"))
    links = [item.findtext(tag) for tag in ("iplink", "namelink")]
    whole = next((link for link in links if sdk.at_url(link).host), None)
    address = whole or f"{(site or '').rstrip('/')}{item.findtext('uri')}"
    yield nikto.finding(
        message=message or "",
        rule=item.get("id"),
        osvdb=item.get("osvdbid") or "",
        references=item.get("references") or item.findtext("references"),
        place=sdk.at_url(address, method=sdk.text(item.get("method"))),
        target=sdk.text(scan.get("sitename")),
    )


def _vulnerability(host: sdk.Json, said: sdk.Json) -> sdk.Findings:
    yield nikto.item(host, said)


def _line(line: str) -> sdk.Findings:
    """`host, ip, port, OSVDB or references, method, path, message`, under no header."""
    cells = _cells(line)
    if len(cells) < 7 or not cells[4]:  # the title, and what the server is
        return
    name, ip, port, known, method, path, message = cells[:7]
    site = nikto.site({"host": name or ip, "port": port})
    yield nikto.finding(
        message=message,
        rule=None,
        osvdb=known.removeprefix("OSVDB-") if known.startswith("OSVDB-") else "",
        references=known,
        place=sdk.at_url(f"{site}/{path.lstrip('/')}", method=method or None),
        target=site,
    )


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error as error:
        raise sdk.UnreadableItem(str(error)) from error
