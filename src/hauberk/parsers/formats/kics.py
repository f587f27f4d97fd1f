"""KICS: misconfigurations and secrets in infrastructure as code."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import kics

_COLUMNS = ("query_name", "query_id", "severity", "platform", "file_name", "similarity_id", "issue_type")


@sdk.parser(
    id="kics-json",
    scanner="KICS",
    docs="https://docs.kics.io/latest/results/#json",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("files_scanned", "files_parsed", "queries_total", later=("queries",)),
        sdk.JsonKeys("queries.item.query_id", "queries.item.query_name", "queries.item.files"),
    ),
    items=sdk.JsonItems("queries.item"),
    header={"tool_version": "kics_version", "scanned_at": "end"},
    versions="1 and 2",
)
def kics_json(query: sdk.Json) -> sdk.Findings:
    """`kics scan -p . --report-formats json -o results/`"""
    for place in query["files"]:
        yield kics.finding(query, place)


@sdk.parser(
    id="kics-csv",
    scanner="KICS",
    title="KICS CSV",
    docs="https://docs.kics.io/latest/results/#csv",
    kinds=[sdk.IAC],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="1.6 and later",
)
def kics_csv(row: sdk.Row) -> sdk.Findings:
    """`kics scan -p . --report-formats csv -o results/`"""
    yield kics.finding({**row, "query_url": row.get("query_uri")}, row)
