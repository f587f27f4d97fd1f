"""Wapiti's page, which it writes where nothing else is asked for: the entries of a kind stand below its description."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import wapiti

_FOUND = re.compile(r"(?:Vulnerability|Anomaly|Additional) found in (?P<path>.+)")
_TARGET = re.compile(r"Target: (?P<target>\S+)")
_DATE = re.compile(r"Date of the scan: (?P<date>.+?)\. Scope")
_PARAMETER = re.compile(r"injection in the parameter (?P<name>\S+)")
_LEVELS = {
    "severity-critical": "4",
    "severity-high": "3",
    "severity-medium": "2",
    "severity-low": "1",
    "severity-info": "0",
}


@sdk.parser(
    id="wapiti-html",
    scanner="Wapiti",
    title="Wapiti HTML",
    docs="https://github.com/wapiti-scanner/wapiti#how-to-get-help",
    kinds=[sdk.DAST],
    sniff=sdk.HtmlPage('//title[starts-with(normalize-space(), "Wapiti scan report")]'),
    versions="3.0 and later; the XML and JSON reports say more",
)
def wapiti_html(report: sdk.Report) -> sdk.Findings:
    """`wapiti -u https://app.example/ -o wapiti/`: the page in that folder"""
    page = report.page()
    header = sdk.words(next(page.iter("header"), None)) or ""
    named, dated = _TARGET.search(header), _DATE.search(header)
    target = named["target"] if named else None
    yield sdk.ReportHeader(
        asset=sdk.at_url(target).host,
        asset_kind="site",
        targets=sdk.texts(target),
        scanned_at=sdk.timestamp(dated["date"] if dated else None),
    )
    for heading in page.iter("h3"):
        if (heading.get("id") or "").startswith(("vuln_type", "anom_type", "addition_type")):
            yield from _kind(target, heading)


def _kind(target: str | None, heading: sdk.HtmlElement) -> sdk.Findings:
    """All up to the next heading; the references come last."""
    entries, told = [], dict[str, str | None]()
    references: dict[str, str | None] = {}
    for part in heading.itersiblings():
        if part.tag == "h3":
            break
        if part.tag == "dl":
            told[sdk.words(part.find("dt")) or ""] = sdk.passage(part.find("dd"))
        elif part.tag == "ul":
            references = {str(link.get("href")): sdk.words(link) for link in part.iter("a")}
        elif part.tag == "div":
            entries.append(part)
    about = {
        "name": sdk.words(heading),
        "desc": told.get("Description"),
        "sol": told.get("Solutions"),
        "ref": references,
    }
    for entry in entries:
        yield from sdk.each(
            [entry], lambda entry: wapiti.entry(target, about, _entry(entry)), f"{about['name']}"
        )


def _entry(entry: sdk.HtmlElement) -> sdk.Json:
    """Its tabs are told by their number: what it is, the request, the response, the command, the test's number."""
    heading = entry.find("h4")
    found = _FOUND.search(sdk.words(heading) or "")
    grade = next(iter(heading.xpath("./span/@class")), "") if heading is not None else ""
    tabs = {str(tab.get("id")).rpartition("-")[2]: tab for tab in entry.iter("section")}
    info, request = sdk.passage(tabs.get("1")), sdk.passage(tabs.get("2"))
    named = _PARAMETER.search(info or "")
    return {
        "path": found["path"] if found else None,
        "level": next((_LEVELS[name] for name in str(grade).split() if name in _LEVELS), None),
        "info": info,
        "http_request": request,
        "method": sdk.http_method(request),
        "parameter": named["name"] if named else None,
        "curl_command": sdk.words(tabs.get("4")),
        "wstg": re.findall(r"WSTG-[A-Z]+-\d+", sdk.words(tabs.get("5")) or ""),
    }
