"""OWASP Nettacker: what its modules found on hosts and ports, as JSON and as CSV of today and before version 0.3."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import nettacker

_DOCS = "https://github.com/OWASP/Nettacker/wiki/Usage"
_COLUMNS = ("date", "target", "module_name", "port", "event")
_BEFORE = ("HOST", "PORT", "TYPE", "DESCRIPTION", "CATEGORY", "SCAN_ID")


@sdk.parser(
    id="nettacker-json",
    scanner="Nettacker",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("item.module_name", "item.target", "item.event", "item.port"),
    items=sdk.JsonItems("item"),
    versions="0.3 and later",
)
def nettacker_json(event: sdk.Json) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.json`"""
    yield nettacker.event_of(event)


@sdk.parser(
    id="nettacker-csv",
    scanner="Nettacker",
    title="Nettacker CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="0.3 and later",
)
def nettacker_csv(row: sdk.Row) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.csv`"""
    yield nettacker.event_of(row)


@sdk.parser(
    id="nettacker-json-v0",
    scanner="Nettacker",
    title="Nettacker (before 0.3)",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonLineKeys(*_BEFORE),
    items=sdk.JsonLines(),
    versions="0.0.1 to 0.2",
)
def nettacker_v0(event: sdk.Json) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.json`"""
    yield nettacker.before(event)


@sdk.parser(
    id="nettacker-csv-v0",
    scanner="Nettacker",
    title="Nettacker CSV (before 0.3)",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_BEFORE),
    items=sdk.CsvRows(*_BEFORE),
    versions="0.1 and 0.2",
)
def nettacker_csv_v0(row: sdk.Row) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.csv`"""
    yield nettacker.before(row)
