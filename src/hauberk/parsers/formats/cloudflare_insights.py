"""Cloudflare Security Insights: misconfigured zones and exposed records, as JSON from the API and as CSV."""

from hauberk.parsers import sdk

_COLUMNS = ("severity", "issue_class", "subject", "issue_type", "recommended_action")
_KEYS = ("issue_class", "issue_type", "subject", "severity")
_DOCS = "https://developers.cloudflare.com/security-center/security-insights/"


@sdk.parser(
    id="cloudflare-insights-json",
    scanner="Cloudflare Security Insights",
    title="Cloudflare Security Insights JSON",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(*(f"{item}.{key}" for key in _KEYS)) for item in ("item", "result.issues.item"))
    ),
    versions="`GET /accounts/{id}/security-center/insights`: the whole answer, or its list",
)
def cloudflare_insights_json(report: sdk.Report) -> sdk.Findings:
    """Security Center → Security Insights → Export → JSON"""
    yield from report.read(report.json("item", "result.issues.item"), _insight)


@sdk.parser(
    id="cloudflare-insights-csv",
    scanner="Cloudflare Security Insights",
    title="Cloudflare Security Insights CSV",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def cloudflare_insights_csv(row: sdk.Row) -> sdk.Findings:
    """Security Center → Security Insights → Export → CSV"""
    yield from _insight(row)


def _insight(said: sdk.Json) -> sdk.Findings:
    subject = sdk.text(said["subject"])
    place = sdk.at_url(subject)
    rule = sdk.text(said["issue_class"])
    is_dismissed = said.get("dismissed") is True or (sdk.text(said.get("status")) or "").lower() == "archived"
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=f"{(rule or '').replace('_', ' ').capitalize()}: {subject}",
        severity=sdk.severity(said.get("severity")),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=rule,
        description=sdk.paragraphs(said.get("insight"), said.get("risk"), said.get("detection_method")),
        remediation=sdk.paragraphs(said.get("recommended_action"), said.get("resolve_text")),
        locations=(sdk.Location(host=place.host, url=place.url, port=place.port, resource=subject),),
        references=sdk.urls(said.get("resolve_link")),
        tags=sdk.texts(said.get("issue_type")),
        stable_id=sdk.text(said.get("id")),
        suppression=sdk.suppression(is_dismissed, justification="archived"),
        target=subject,
        found_at=sdk.timestamp(said.get("since")),
    )
