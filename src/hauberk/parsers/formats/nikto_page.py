"""Nikto for people: its HTML page and the text that it prints. Neither numbers its tests."""

import re
from datetime import datetime, timedelta

from hauberk.parsers import sdk
from hauberk.parsers.dialects import nikto

_DOCS = "https://github.com/sullo/nikto/wiki"
_ABOUT = re.compile(r"\+ Target (?P<name>IP|Host|Hostname|Port): +(?P<value>\S+)")
_VERSION = re.compile(r"- Nikto v([\d.]+)")
_STARTED = re.compile(r"\+ Start Time: +(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: \(GMT([+-]?\d+(?:\.\d+)?)\))?")
_MOST_HOURS = 14
_ITEM = re.compile(
    r"\+ (?:\[(?P<rule>\d+)\] )?(?:OSVDB-(?P<osvdb>\d+): )?(?:(?P<method>[A-Z]{3,10}) )?(?:(?P<path>/\S*?):? )?(?P<said>.+)"
)
_ASIDE = re.compile(
    r"\+ (?:Target |Start Time|End Time|Server: |SSL Info|Ciphers|Issuer|Platform|Multiple IPs|No CGI Dir|\d+ (?:host|request|item)"
    r"|Scan terminated|ERROR|Root page|Server banner|Message:|\d+ error)"
)


@sdk.parser(
    id="nikto-html",
    scanner="Nikto",
    title="Nikto HTML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.HtmlPage('//title[normalize-space() = "Nikto Report"]'),
    versions="2.1 and later",
)
def nikto_html(report: sdk.Report) -> sdk.Findings:
    """`nikto -h https://app.example -Format htm -output nikto.html`"""
    site = None
    for table in report.page().iter("table"):
        rows = (row.findall("td") for row in table.iter("tr"))
        said = {sdk.words(cells[0]): cells[1] for cells in rows if len(cells) == 2}
        if "Target Port" in said:
            link = sdk.words(said.get("Site Link (Name)")) or sdk.words(said.get("Site Link (IP)"))
            site = sdk.text(link)
            yield sdk.ReportHeader(targets=sdk.texts(site))
        elif "URI" in said and "Description" in said:
            links = (str(link.get("href")) for link in said.get("Test Links", table).iter("a"))
            address = next(links, f"{site}{sdk.words(said['URI'])}")
            entries = sdk.words(said.get("OSVDB Entries")) or ""
            yield nikto.finding(
                message=sdk.words(said["Description"]) or "",
                rule=None,
                osvdb=entries.removeprefix("OSVDB-"),
                references=sdk.words(said.get("References")),
                place=sdk.at_url(address, method=sdk.words(said.get("HTTP Method"))),
                target=site,
            )


@sdk.parser(
    id="nikto-text",
    scanner="Nikto",
    title="Nikto text",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"^- Nikto v\d", r"^\+ Target (?:Host|IP|Hostname): "),
    versions="2.1 and later, as it is printed and as it is written to a file",
)
def nikto_text(report: sdk.Report) -> sdk.Findings:
    """`nikto -h https://app.example -Format txt -output nikto.txt`"""
    about: dict[str, str] = {}
    for node in report.lines():
        if told := _ABOUT.match(node.value):
            about = {} if told["name"] in ("IP", "Host") else about
            about[told["name"]] = told["value"]
            site = {
                "host": about.get("Hostname") or about.get("Host"),
                "ip": about.get("IP"),
                "port": about.get("Port"),
            }
            if told["name"] == "Port":
                yield sdk.ReportHeader(targets=(nikto.site(site),))
        elif version := _VERSION.match(node.value):
            yield sdk.ReportHeader(tool_version=version[1])
        elif started := _STARTED.match(node.value):
            yield sdk.ReportHeader(scanned_at=_in_zone(*started.groups()))
        elif about and not _ASIDE.match(node.value) and (item := _ITEM.fullmatch(node.value.rstrip())):
            address = nikto.site(site)
            yield nikto.finding(
                message=item["said"],
                rule=item["rule"],
                osvdb=item["osvdb"] or "",
                references=None,
                place=sdk.at_url(f"{address}{item['path'] or '/'}", method=item["method"]),
                target=address,
            )


def _in_zone(moment: str, hours: str | None) -> datetime | None:
    """Hours from Greenwich may have a fraction (`GMT5.75`)."""
    known, away = sdk.timestamp(moment), float(hours or 0)
    return known - timedelta(hours=away) if known and abs(away) <= _MOST_HOURS else known
