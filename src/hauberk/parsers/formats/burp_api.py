"""Burp Suite: a scan's state from the REST API of Professional and Enterprise, with the issues found so far."""

from collections.abc import Iterator

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
    classes = issue.get("vulnerability_classifications")
    proofs = tuple(_exchanges(issue.get("evidence") or ()))
    yield burp.finding(
        issue["name"],
        sdk.text(issue.get("severity")),
        burp.place(issue.get("origin"), issue.get("path"), sdk.text(issue.get("caption")), proofs),
        kind=sdk.text(issue.get("type_index")),
        telling=[sdk.plain(issue.get(name)) for name in ("description", "issue_background")],
        remedies=[sdk.plain(issue.get(name)) for name in ("remediation", "remediation_background")],
        classes=sdk.plain(classes),
        links=sdk.links(issue.get("references"), classes),
        confidence=sdk.text(issue.get("confidence")),
        serial=sdk.text(issue.get("serial_number")),
        target=sdk.text(issue.get("origin")),
    )


def _exchanges(evidence: sdk.Json) -> Iterator[str | None]:
    for each in evidence:
        yield "\n".join(sdk.texts(each.get("information_items") or ()))
        exchange = each.get("request_response") or {}
        for side in ("request", "response"):
            yield "".join(_segment(part) for part in sdk.listed(exchange.get(side)))


def _segment(part: dict[str, sdk.Json]) -> str:
    """Data and highlights are base64; a `SnipSegment` only says how much was left out."""
    return (sdk.unbase64(part.get("data")) or "") if part.get("data") else " … "
