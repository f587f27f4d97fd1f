"""Cobalt: findings of a pentest, as CSV from the console and as JSON from the API."""

from hauberk.parsers import sdk

_COLUMNS = ("Token", "Tag", "Title", "Type", "BrowserUrl", "StepsToReproduce", "RefKey")
_FLOORS: sdk.Floors = (  # https://docs.cobalt.io/pentests/findings/severity-levels/: impact × likelihood
    (16, sdk.Severity.CRITICAL),
    (10, sdk.Severity.HIGH),
    (5, sdk.Severity.MEDIUM),
    (2, sdk.Severity.LOW),
    (1, sdk.Severity.INFO),
)
_DECIDED = ("wont_fix", "out_of_scope", "invalid", "valid_fix")


@sdk.parser(
    id="cobalt-csv",
    scanner="Cobalt",
    title="Cobalt CSV",
    docs="https://docs.cobalt.io/pentests/findings/",
    kinds=[sdk.MANUAL],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def cobalt_csv(row: sdk.Row) -> sdk.Findings:
    """In the pentest: Findings → Export → CSV. The export has no severity: what matters comes from the API."""
    # A quote in front keeps spreadsheets from computing.
    said = {name: value.removeprefix("'") for name, value in row.items()}
    proof = sdk.paragraphs(said.get("HttpRequest"), said.get("RequestParams"))
    yield sdk.ReportedFinding(
        kind=sdk.MANUAL,
        title=said["Title"],
        severity=sdk.Severity.INFO,
        rule_id=said["Type"] or None,
        description=sdk.paragraphs(
            said.get("Description"), said.get("CriticalityJustification"), said["StepsToReproduce"]
        ),
        remediation=sdk.text(said.get("SuggestedFix")),
        identifiers=sdk.identifiers(said["Title"]),
        locations=(sdk.at_url(said["BrowserUrl"], evidence=proof),) if said["BrowserUrl"] else (),
        references=sdk.urls(said.get("ReportUrl")),
        tags=sdk.texts([said["Tag"], said.get("ToolsUsed")]),
        stable_id=said["Token"] or None,
        found_at=sdk.timestamp(said.get("CreatedAt")),
    )


@sdk.parser(
    id="cobalt-api-json",
    scanner="Cobalt",
    title="Cobalt API",
    docs="https://docs.cobalt.io/cobalt-api/documentation/",
    kinds=[sdk.MANUAL],
    sniff=sdk.JsonKeys("data.item.resource.tag", "data.item.resource.state", "data.item.resource.title"),
    items=sdk.JsonItems("data.item"),
)
def cobalt_api(item: sdk.Json) -> sdk.Findings:
    """`curl -H "Authorization: Bearer …" -H "X-Org-Token: …" https://api.cobalt.io/findings -o cobalt.json`"""
    said = item["resource"]
    state = sdk.text(said.get("state")) or ""
    log = said.get("log") or ()
    created = [each.get("timestamp") for each in log if each.get("action") == "created"]
    proof = sdk.text(said.get("proof_of_concept"))
    yield sdk.ReportedFinding(
        kind=sdk.MANUAL,
        title=said["title"],
        severity=_severity(said),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=sdk.text(said.get("type_category")),
        description=sdk.text(said.get("description")),
        remediation=sdk.text(said.get("suggested_fix")),
        identifiers=sdk.identifiers(said["title"]),
        locations=tuple(
            sdk.at_url(target, evidence=proof) for target in sdk.texts(said.get("affected_targets") or ())
        ),
        references=sdk.urls(sdk.pick(item, "links.ui.url")),
        tags=sdk.texts(
            [said.get("tag"), *sdk.texts([each.get("name") for each in sdk.listed(said.get("labels"))])]
        ),
        stable_id=sdk.text(said.get("id")),
        suppression=sdk.suppression(state in _DECIDED, justification=state),
        found_at=sdk.timestamp(created[0]) if created else None,
    )


def _severity(said: sdk.Json) -> sdk.Severity:
    """New findings have no word yet; impact and likelihood say what it will be."""
    if said.get("severity"):
        return sdk.severity(said.get("severity"))
    score = (sdk.integer(said.get("impact")) or 0) * (sdk.integer(said.get("likelihood")) or 0)
    return sdk.severity_of_points(score, _FLOORS)
