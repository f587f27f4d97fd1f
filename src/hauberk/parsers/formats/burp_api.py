"""Burp Suite: a scan's state from the REST API of Professional and Enterprise, with the issues found so far."""

from collections.abc import Iterator
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import burp


@sdk.parser(
    id="burp-api-json",
    scanner="Burp Suite",
    title="Burp Suite REST API",
    docs="https://portswigger.net/burp/documentation/desktop/settings/suite/rest-api",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("task_id", "scan_status", "scan_metrics"),
        sdk.JsonKeys("issue_events.item.issue.serial_number", "issue_events.item.type"),
    ),
    items=sdk.JsonItems("issue_events.item"),
    versions="v0.1 of the API: `GET /v0.1/scan/{task_id}`",
)
def burp_api(event: sdk.Json) -> sdk.Findings:
    """`curl http://127.0.0.1:1337/$KEY/v0.1/scan/$TASK -o burp.json`"""
    if event.get("type") not in (None, "issue_found"):  # an issue that a later event revises or withdraws
        return
    issue = event["issue"]
    word, classes = sdk.text(issue.get("severity")), issue.get("vulnerability_classifications")
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=issue["name"],
        severity=sdk.severity(word, burp.SEVERITIES),
        severity_reported=word,
        rule_id=burp.rule(sdk.text(issue.get("type_index")), issue["name"]),
        description=sdk.paragraphs(
            sdk.plain(issue.get("description")), sdk.plain(issue.get("issue_background"))
        ),
        remediation=sdk.paragraphs(
            sdk.plain(issue.get("remediation")), sdk.plain(issue.get("remediation_background"))
        ),
        identifiers=sdk.identifiers(issue["name"], issue.get("description")),
        cwes=sdk.cwes(sdk.plain(classes)),
        locations=(
            burp.place(
                issue.get("origin"),
                issue.get("path"),
                sdk.text(issue.get("caption")),
                tuple(_exchanges(issue.get("evidence") or ())),
            ),
        ),
        references=sdk.links(issue.get("references"), classes),
        confidence=sdk.text(issue.get("confidence")),
        stable_id=sdk.text(issue.get("serial_number")),
        suppression=burp.suppression(word),
        target=sdk.text(issue.get("origin")),
    )


def _exchanges(evidence: sdk.Json) -> Iterator[str | None]:
    for each in evidence:
        yield "\n".join(sdk.texts(each.get("information_items") or ()))
        exchange = each.get("request_response") or {}
        for side in ("request", "response"):
            yield "".join(_segment(part) for part in exchange.get(side) or ())


def _segment(part: dict[str, Any]) -> str:
    """Data and highlights are base64; a `SnipSegment` only says how much was left out."""
    return (sdk.unbase64(part.get("data")) or "") if part.get("data") else " … "
