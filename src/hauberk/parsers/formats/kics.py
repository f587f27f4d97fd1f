"""KICS: misconfigurations and secrets in infrastructure as code."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.kics.io/latest/results/#severity
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
    "trace": sdk.Severity.INFO,
}
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
def kics(query: sdk.Json) -> sdk.Findings:
    """`kics scan -p . --report-formats json -o results/`"""
    for place in query["files"]:
        yield _finding(query, place)


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
    yield _finding({**row, "query_url": row.get("query_uri")}, row)


def _finding(query: sdk.Json, place: sdk.Json) -> sdk.ReportedFinding:
    kind, name = sdk.text(place.get("resource_type")), sdk.text(place.get("resource_name"))
    platform = sdk.text(query.get("platform"))
    expected = sdk.text(place.get("expected_value")) or sdk.text(place.get("key_expected_value"))
    actual = sdk.text(place.get("actual_value")) or sdk.text(place.get("key_actual_value"))
    return sdk.ReportedFinding(
        kind=sdk.IAC,
        title=query["query_name"],
        severity=sdk.severity(query.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(query.get("severity")),
        rule_id=query["query_id"],
        rule_name=query["query_name"],
        description=sdk.text(query.get("description")),
        remediation=sdk.text(place.get("remediation")) or expected,
        cwes=sdk.cwes(query.get("cwe")),
        locations=(
            sdk.Location(
                path=place.get("file_name"),
                line=sdk.line(place.get("line")),
                symbol=sdk.text(place.get("search_key")),
                resource=f"{kind}.{name}" if kind and name and "n/a" not in (kind, name) else None,
                evidence=actual,
            ),
        ),
        components=(sdk.Component(name=platform),) if platform else (),
        references=sdk.urls(query.get("query_url")),
        tags=sdk.texts([query.get("category"), query.get("cloud_provider"), place.get("issue_type")]),
        stable_id=sdk.text(place.get("similarity_id")),
    )
