"""Wapiti's page, which it writes where nothing else is asked for: the entries of a kind stand below its description."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import wapiti

_FOUND = re.compile(r"(?:Vulnerability|Anomaly|Additional) found in (?P<path>.+)")
_TARGET = re.compile(r"Target: (?P<target>\S+)")
_DATE = re.compile(r"Date of the scan: (?P<date>.+?)\. Scope")
_PARAMETER = re.compile(r"injection in the parameter (?P<name>\S+)")
_LEVELS = {  # as a class, or as a sign before the words
    **dict.fromkeys(("severity-critical", "🔥"), "4"),
    **dict.fromkeys(("severity-high", "🔴"), "3"),
    **dict.fromkeys(("severity-medium", "🟠"), "2"),
    **dict.fromkeys(("severity-low", "🟡"), "1"),
    **dict.fromkeys(("severity-info", "🕵️"), "0"),
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
    entries, told = list[list[sdk.HtmlElement]](), dict[str, str | None]()
    references: dict[str, str | None] = {}
    for part in heading.itersiblings():
        if part.tag == "h3":
            break
        if part.tag == "dl":
            told[sdk.words(part.find("dt")) or ""] = sdk.passage(part.find("dd"))
        elif part.tag == "ul":
            references = {str(link.get("href")): sdk.words(link) for link in part.iter("a")}
        elif part.tag == "div":  # the newer pages' box around an entry
            entries.append(list(part.iter("h4", "section")))
        elif part.tag == "h4":
            entries.append([part])
        elif part.tag == "section" and entries:
            entries[-1].append(part)
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


def _entry(entry: list[sdk.HtmlElement]) -> sdk.Json:
    """Behind its heading, its tabs are told by their number: what it is, the request, the response, the command, the test's number."""
    heading, *sections = entry
    said = sdk.words(heading) or ""
    found = _FOUND.search(said)
    grade = f"{next(iter(heading.xpath('./span/@class')), '')} {said.partition(' ')[0]}"
    tabs = {str(tab.get("id")).rpartition("-")[2]: tab for tab in sections}
    info, request = sdk.passage(tabs.get("1")), sdk.passage(tabs.get("2"))
    named = _PARAMETER.search(info or "")
    return {
        "path": found["path"] if found else None,
        "level": next((_LEVELS[name] for name in grade.split() if name in _LEVELS), None),
        "info": info,
        "http_request": request,
        "method": sdk.http_method(request),
        "parameter": named["name"] if named else None,
        "curl_command": sdk.words(tabs.get("4")),
        "wstg": re.findall(r"WSTG-[A-Z]+-\d+", sdk.words(tabs.get("5")) or ""),
    }
