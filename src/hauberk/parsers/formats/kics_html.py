"""KICS' page: queries with their results, each with the lines around it."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import kics

_QUERY = "//div[@data-type='severity'][@data-name]"
_RESULT = ".//div[contains(concat(' ', @class, ' '), ' vulnerable-info ')]"
_ID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}")  # where the address is one of KICS' own pages
_VERSION = re.compile(r"KICS (v?\d\S*)")


@sdk.parser(
    id="kics-html",
    scanner="KICS",
    title="KICS HTML",
    docs="https://docs.kics.io/latest/results/#html",
    kinds=[sdk.IAC],
    sniff=sdk.HtmlPage("//title[contains(., 'KICS Scan Result')]"),
    versions="1.3 and later",
)
def kics_html(report: sdk.Report) -> sdk.Findings:
    """`kics scan -p . --report-formats html -o results/`"""
    page = report.page()
    told = [sdk.words(each) or "" for each in page.xpath("//div[@class='run-info']/span")]
    version = next((said[1] for said in map(_VERSION.match, told) if said), None)
    ends = [each.partition("End time:")[2].strip() for each in told if each.startswith("End time:")]
    yield sdk.ReportHeader(
        tool_version=version,
        scanned_at=sdk.timestamp(sdk.first(ends), "%H:%M:%S, %b %d %Y"),
    )
    for number, query in enumerate(page.xpath(_QUERY)):
        results = query.xpath(_RESULT)
        yield from sdk.each(results, partial(_result, query), f"query[{number}]")


def _result(query: sdk.HtmlElement, result: sdk.HtmlElement) -> sdk.Findings:
    name = _said(query, "query-name")
    address = sdk.first(*query.xpath(".//div[@class='query-details']//a/@href"))
    told = dict(_labelled(sdk.words(each)) for each in result.xpath(".//span[strong]"))
    header = sdk.first(*(sdk.words(each) for each in result.xpath(".//strong[starts-with(., 'File:')]")))
    number = _ID.search(address or "")
    lines = [sdk.words(each) or "" for each in result.xpath(".//span[starts-with(., 'Line ')]")]
    yield kics.finding(
        {
            "query_name": name,
            "query_id": number[0] if number else name,
            "query_url": address,
            "severity": query.get("data-name"),
            "platform": _said(query, "query-info-platform"),
            "category": _said(query, "query-info-category"),
            "description": _said(query, "cis-description-text") or _said(query, "query-description-title"),
        },
        {
            "file_name": (header or "").removeprefix("File:").strip() or None,
            "line": lines[0].removeprefix("Line ") if lines else None,
            "expected_value": told.get("Expected"),
            "actual_value": told.get("Found"),
        },
    )


def _said(query: sdk.HtmlElement, name: str) -> str | None:
    return sdk.first(*(sdk.words(each) for each in query.xpath(f".//span[@class='{name}']")))


def _labelled(words: str | None) -> tuple[str, str]:
    name, _, value = (words or "").partition(":")
    return name, value.strip()
