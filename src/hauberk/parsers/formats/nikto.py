"""Nikto: a web server scanner. It rates nothing: what an advisory is known for is medium, an observation is info."""

import re
from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://github.com/sullo/nikto/wiki"
_NOT_AN_ADVISORY = ("", "0")


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
            yield from report.read(iter((node,)), partial(_item, scan))


def _item(scan: sdk.XmlElement, item: sdk.XmlElement) -> sdk.Findings:
    message = sdk.text(item.findtext("description"))
    site = sdk.text(scan.get("siteip")) or sdk.text(scan.get("sitename"))
    links = [item.findtext(tag) for tag in ("iplink", "namelink")]
    address = (
        next((link for link in links if sdk.at_url(link).host), None)
        or f"{(site or '').rstrip('/')}{item.findtext('uri')}"
    )
    yield _finding(
        message=message or "",
        rule=item.get("id"),
        osvdb=item.get("osvdbid") or "",
        references=item.get("references") or item.findtext("references"),
        place=sdk.at_url(address, method=sdk.text(item.get("method"))),
        target=sdk.text(scan.get("sitename")),
    )


@sdk.parser(
    id="nikto-json",
    scanner="Nikto",
    title="Nikto JSON",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(
                f"{root}host", f"{root}ip", f"{root}port", f"{root}banner", later=(f"{root}vulnerabilities",)
            )
            for root in ("", "item.")
        )
    ),
    versions="2.1.6 and later",
)
def nikto_json(report: sdk.Report) -> sdk.Findings:
    """`nikto -h https://app.example -Format json -output nikto.json`"""
    hosts: dict[str, dict[str, sdk.Json]] = {}
    names = ("host", "ip", "port")
    for node in report.json(*(f"{root}{name}" for root in ("", "item.") for name in names)):
        hosts.setdefault(node.container, {})[str(node.key)] = node.value
    for node in report.json("vulnerabilities.item", "item.vulnerabilities.item"):
        where = node.container.removesuffix("vulnerabilities").removesuffix(".")
        yield from report.read(iter((node,)), partial(_vulnerability, hosts.get(where, {})))
    yield sdk.ReportHeader(targets=sdk.texts([_site(host) for host in hosts.values()]))


def _site(host: sdk.Json) -> str:
    name, port = sdk.text(host.get("host")) or sdk.text(host.get("ip")), sdk.text(host.get("port"))
    return f"{'https' if port in ('443', '8443') else 'http'}://{name}:{port}"


def _vulnerability(host: sdk.Json, said: sdk.Json) -> sdk.Findings:
    url = sdk.text(said.get("url")) or ""
    yield _finding(
        message=said["msg"],
        rule=sdk.text(said.get("id")),
        osvdb=sdk.text(said.get("OSVDB")) or "",
        references=sdk.text(said.get("references")),
        place=sdk.at_url(url if "://" in url else _site(host) + url, method=sdk.text(said.get("method"))),
        target=_site(host),
    )


def _finding(
    *,
    message: str,
    rule: str | None,
    osvdb: str,
    references: str | None,
    place: sdk.Location,
    target: str | None,
) -> sdk.ReportedFinding:
    known = sdk.identifiers(message, references)
    is_known = bool(known) or osvdb not in _NOT_AN_ADVISORY
    path = re.sub(r"^https?://[^/]+", "", place.url or "")
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=message.removeprefix(f"{path}: ").strip(),
        severity=sdk.Severity.MEDIUM if is_known else sdk.Severity.INFO,
        rule_id=rule,
        identifiers=known,
        locations=(place,),
        references=sdk.links(references, message),
        tags=(f"OSVDB-{osvdb}",) if osvdb not in _NOT_AN_ADVISORY else (),
        target=target,
    )
