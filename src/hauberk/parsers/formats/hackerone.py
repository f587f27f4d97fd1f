"""HackerOne: reports of a bug bounty or disclosure program, as CSV, as the same rows in JSON, and from the API."""

from collections.abc import Iterator
from typing import Any

from hauberk.parsers import sdk

_DOCS = "https://docs.hackerone.com/en/articles/8496330-export-reports"
_COLUMNS = ("id", "title", "severity_rating", "substate", "weakness", "structured_scope", "cve_ids")
_DECIDED = ("resolved", "informative", "duplicate", "not-applicable", "spam")


@sdk.parser(
    id="hackerone-csv",
    scanner="HackerOne",
    title="HackerOne CSV",
    docs=_DOCS,
    kinds=[sdk.MANUAL],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def hackerone_csv(row: sdk.Row) -> sdk.Findings:
    """Inbox → Export reports → CSV"""
    yield from _row(row)


@sdk.parser(
    id="hackerone-json",
    scanner="HackerOne",
    title="HackerOne rows as JSON",
    docs=_DOCS,
    kinds=[sdk.MANUAL],
    sniff=sdk.JsonKeys(*(f"findings.item.{column}" for column in _COLUMNS)),
    items=sdk.JsonItems("findings.item"),
)
def hackerone_json(row: sdk.Json) -> sdk.Findings:
    """The rows of the CSV export under the key `findings`."""
    yield from _row(row)


@sdk.parser(
    id="hackerone-api-json",
    scanner="HackerOne",
    title="HackerOne API",
    docs="https://api.hackerone.com/customer-resources/#reports-get-all-reports",
    kinds=[sdk.MANUAL],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "data.item.attributes.title", "data.item.relationships", values={"data.item.type": "report"}
        ),
        sdk.JsonKeys(values={"links.self": r"https://api\.hackerone\.com/.*/reports\b.*"}, empty=("data",)),
    ),
    items=sdk.JsonItems("data.item"),
    versions="API v1",
)
def hackerone_api(report: sdk.Json) -> sdk.Findings:
    """`curl -u "$ID:$TOKEN" "https://api.hackerone.com/v1/reports?filter[program][]=acme" -o h1.json`"""
    said, beside = report["attributes"], report.get("relationships") or {}
    severity, weakness, scope = (
        sdk.pick(beside, f"{name}.data.attributes") or {}
        for name in ("severity", "weakness", "structured_scope")
    )
    word = sdk.text(severity.get("rating"))
    yield _finding(
        report["id"],
        said["title"],
        word=word,
        state=sdk.text(said.get("state")),
        weakness=sdk.text(weakness.get("name")),
        identifiers=sdk.identifiers(said.get("cve_ids"), said["title"]),
        cwes=sdk.cwes(weakness.get("external_id")),
        cvss=sdk.assessments((severity.get("cvss_vector_string"), severity.get("score"), "HackerOne")),
        scope=sdk.text(scope.get("asset_identifier")),
        description=sdk.text(said.get("vulnerability_information")),
        references=sdk.urls(f"https://hackerone.com/reports/{report['id']}"),
        found_at=said.get("created_at"),
    )


def _row(row: sdk.Json) -> sdk.Findings:
    scope = sdk.text(row.get("structured_scope"))
    yield _finding(
        row["id"],
        row["title"],
        word=sdk.text(row["severity_rating"] or row.get("severity")),
        state=sdk.text(row.get("substate")),
        weakness=sdk.text(row.get("weakness")),
        identifiers=sdk.identifiers(row.get("cve_ids"), row["title"]),
        cwes=(),
        cvss=sdk.assessments((None, row.get("severity_score"), "HackerOne")),
        scope=scope if scope and "." in scope else None,
        references=sdk.urls(row.get("reference_url")),
        found_at=row.get("reported_at"),
    )


def _finding(
    report: sdk.Json,
    title: sdk.Json,
    *,
    word: str | None,
    state: str | None,
    weakness: str | None,
    scope: str | None,
    found_at: sdk.Json,
    description: str | None = None,
    **said: Any,
) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.MANUAL,
        title=title,
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=weakness,
        description=description,
        locations=tuple(_places(scope)),
        stable_id=sdk.text(report),
        suppression=sdk.suppression(state in _DECIDED, justification=state),
        target=scope,
        found_at=sdk.timestamp(found_at),
        **said,
    )


def _places(scope: str | None) -> Iterator[sdk.Location]:
    if scope:
        place = sdk.at_url(scope)
        yield place if place.host and "." in place.host else sdk.Location(resource=scope)
