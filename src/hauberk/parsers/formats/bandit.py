"""Bandit: the Python security linter, as JSON, CSV, XML and HTML."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import bandit

_COLUMNS = (
    "filename",
    "test_name",
    "test_id",
    "issue_severity",
    "issue_confidence",
    "issue_text",
    "line_number",
)
_TOLD = re.compile(
    r"Test ID: (?P<test_id>\S+) Severity: (?P<issue_severity>\w+) Confidence: (?P<issue_confidence>\w+)"
)
_PLACE = re.compile(r"Location (?P<filename>.+):(?P<line_number>\d+)\s*\Z")
_HTML = '//*[@id="results"]//div[contains(@class, "issue-block")]'  # a span, since 1.9 a div


@sdk.parser(
    id="bandit-json",
    scanner="Bandit",
    docs="https://bandit.readthedocs.io/en/latest/formatters/json.html",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("metrics._totals", "generated_at", "errors", later=("results",)),
        sdk.JsonKeys("results.item.test_id", "results.item.issue_text", "results.item.issue_confidence"),
    ),
    items=sdk.JsonItems("results.item"),
    header={"scanned_at": "generated_at"},
    versions="0.x and 1.x, also before tests had ids",
)
def bandit_json(result: sdk.Json) -> sdk.Findings:
    """`bandit -r . -f json -o bandit.json`"""
    yield bandit.finding(result)


@sdk.parser(
    id="bandit-csv",
    scanner="Bandit",
    title="Bandit CSV",
    docs="https://bandit.readthedocs.io/en/latest/formatters/csv.html",
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="1.x",
)
def bandit_csv(row: sdk.Row) -> sdk.Findings:
    """`bandit -r . -f csv -o bandit.csv`"""
    lines = [int(number) for number in re.findall(r"\d{1,9}", row.get("line_range") or row["line_number"])]
    link = row.get("issue_cwe")
    weakness = {"id": link, "link": link}
    yield bandit.finding({**row, "line_range": lines, "issue_cwe": weakness})


@sdk.parser(
    id="bandit-xml",
    scanner="Bandit",
    title="Bandit XML",
    docs="https://bandit.readthedocs.io/en/latest/formatters/xml.html",
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("testsuite", values={"name": "bandit"}),
    items=sdk.XmlElements("testcase"),
    versions="1.x",
)
def bandit_xml(case: sdk.XmlElement) -> sdk.Findings:
    """`bandit -r . -f xml -o bandit.xml`"""
    error = case.find("error")
    if error is None:
        return
    told, place = _TOLD.search(error.text or ""), _PLACE.search(error.text or "")
    yield bandit.finding(
        {
            "test_name": case.get("name"),
            "filename": case.get("classname"),
            "issue_text": error.get("message"),
            "issue_severity": error.get("type"),
            "issue_cwe": {"id": (error.text or "").partition("CWE: ")[2].partition(" (")[0]},
            "more_info": error.get("more_info"),
            **(told.groupdict() if told else {}),
            **(place.groupdict() if place else {}),
        }
    )


@sdk.parser(
    id="bandit-html",
    scanner="Bandit",
    title="Bandit HTML",
    docs="https://bandit.readthedocs.io/en/latest/formatters/html.html",
    kinds=[sdk.SAST],
    sniff=sdk.HtmlPage('//title[normalize-space() = "Bandit Report"]'),
    versions="1.x",
)
def bandit_html(report: sdk.Report) -> sdk.Findings:
    """`bandit -r . -f html -o bandit.html`"""
    for position, block in enumerate(report.page().xpath(_HTML)):
        yield from sdk.each([block], _block, f"issue {position + 1}")


def _block(block: sdk.HtmlElement) -> sdk.Findings:
    """Labels in bold, each with what follows; the first is the test's name, with the text."""
    (name, text), *labelled = ((sdk.words(bold), bold) for bold in block.iterchildren("b"))
    told = {(label or "").rstrip(": "): _behind(bold) for label, bold in labelled}
    code = block.findtext(".//pre") or ""
    yield bandit.finding(
        {
            "test_name": (name or "").rstrip(": "),
            "issue_text": _behind(text),
            "test_id": told.get("Test ID"),
            "issue_severity": told.get("Severity"),
            "issue_confidence": told.get("Confidence"),
            "issue_cwe": {"id": told.get("CWE")},
            "filename": told.get("File"),
            "line_number": sdk.line(told.get("Line number")),  # before 1.5 without
            "code": code,
            "more_info": told.get("More info"),
        }
    )


def _behind(bold: sdk.HtmlElement) -> str | None:
    following = bold.getnext()
    link = sdk.words(following) if following is not None and following.tag == "a" else None
    return sdk.text(" ".join((bold.tail or "").split())) or link
