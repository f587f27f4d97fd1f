"""OWASP Nettacker's page of results, which it writes where nothing else is asked for: a table below a graph."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import nettacker

_EVENT, _BEFORE = {"target", "module_name", "port"}, {"HOST", "PORT", "TYPE", "DESCRIPTION"}
_LAST_LINE = re.compile(r" in [-\d]+ [:\d]+:\d\d(\.\d+)?( ScanID: \w+)?\s*$")  # `in 2024-05-01 10:20:30`

Row = dict[str, str | None]


@sdk.parser(
    id="nettacker-html",
    scanner="Nettacker",
    title="Nettacker HTML",
    docs="https://github.com/OWASP/Nettacker/wiki/Usage",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.HtmlPage('//title[contains(., "Nettacker")] | //h1[contains(., "Nettacker Scan Report")]'),
    versions="all, in English",
)
def nettacker_html(report: sdk.Report) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.html`"""
    page = report.page()
    for table in page.xpath("//table"):
        rows = [{name: sdk.words(cell) for name, cell in row.items()} for row in sdk.table_rows(table)]
        yield from sdk.each(rows, _row, "table")
    told = page.xpath('//table/following::text()[contains(., "Nettacker version")]')
    if not any(_LAST_LINE.search(text) for text in told):
        raise sdk.ReportError("truncated", "The page ends before its last line; the file was cut off.")


def _row(row: Row) -> Iterator[sdk.ReportedFinding]:
    if row.keys() >= _EVENT:
        yield nettacker.event_of({**row, "event": row.get("logs")})
    elif row.keys() >= _BEFORE:
        yield nettacker.before(row)
