"""Wapiti as CSV: what was found, without what it says of the kinds."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import wapiti

_COLUMNS = ("category", "level", "description", "method", "parameter", "url", "body", "referer")


@sdk.parser(
    id="wapiti-csv",
    scanner="Wapiti",
    title="Wapiti CSV",
    docs="https://github.com/wapiti-scanner/wapiti#how-to-get-help",
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="3.0.4 and later",
)
def wapiti_csv(row: sdk.Row) -> sdk.Findings:
    """`wapiti -u https://app.example/ -f csv -o wapiti.csv`"""
    codes = re.findall(r"WSTG-[\w-]+", row.get("wstg") or "")
    about: sdk.Json = {"name": row["category"], "desc": None, "sol": None, "ref": {}}
    told = {
        **row,
        "info": row["description"],
        "path": row["url"],
        "http_request": row.get("body"),
        "wstg": codes,
    }
    yield from wapiti.entry(sdk.at_url(row["url"]).host, about, told)
