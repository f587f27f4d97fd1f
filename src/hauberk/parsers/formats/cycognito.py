"""CyCognito: issues of an organization's attack surface, from the API."""

from collections.abc import Iterator

from hauberk.parsers import sdk


@sdk.parser(
    id="cycognito-json",
    scanner="CyCognito",
    docs="https://docs.cycognito.com/reference/reference-getting-started",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.affected_asset", "item.issue_id", "item.enhanced_severity"),
        sdk.JsonKeys("item.affected_asset", "item.issue_id", "item.severity_score"),
    ),
    items=sdk.JsonItems("item"),
    versions="`POST /v1/issues`, also of 2022, when it enhanced no severity",
)
def cycognito(issue: sdk.Json) -> sdk.Findings:
    """`curl -X POST -H "Authorization: …" https://api.platform.cycognito.com/v1/issues -o cycognito.json`"""
    word = sdk.first(issue.get("enhanced_severity"), issue.get("severity"))
    threat = sdk.first(issue.get("potential_threat"), issue.get("threat"))
    evidence = issue.get("evidence") or {}
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=issue["title"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.text(issue.get("issue_id")),
        description=sdk.text(issue.get("summary")),
        remediation=sdk.paragraphs(*sdk.texts(issue.get("remediation_steps"))),
        identifiers=sdk.identifiers(issue.get("cve_ids"), issue["title"]),
        cvss=sdk.assessments((None, issue.get("base_severity_score"), "CyCognito")),
        known_exploited=True if issue.get("exploitation_availability") == "In the wild" else None,
        locations=tuple(_places(issue, sdk.text(evidence.get("evidence")))),
        references=sdk.urls(
            issue.get("references"), issue.get("advisories"), evidence.get("more-details-link")
        ),
        tags=sdk.texts([threat, *sdk.texts(issue.get("issue_types") or issue.get("issue_type"))]),
        confidence=sdk.text(issue.get("confidence")),
        stable_id=sdk.text(issue.get("id")),
        suppression=sdk.suppression(issue.get("is_snoozed") is True, justification="snoozed"),
        target=sdk.text(issue["affected_asset"]),
        found_at=sdk.timestamp(issue.get("first_detected")),
    )


def _places(issue: sdk.Json, proof: str | None) -> Iterator[sdk.Location]:
    """The asset is `ip/192.0.2.1`, `domain/www.example`, `webapp/https://…`, with a type before."""
    kind, _, name = (sdk.text(issue["affected_asset"]) or "").partition("/")
    place = sdk.at_url(name)
    yield sdk.Location(
        url=place.url,
        host=place.host or name or kind,
        port=sdk.port(issue.get("port")) or place.port,
        protocol=sdk.text(issue.get("protocol")),
        evidence=proof,
    )
