"""n0s1: secrets in Slack, Jira, Confluence, Asana, Zendesk, GitHub and other places where people write."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets


@sdk.parser(
    id="n0s1-json",
    scanner="n0s1",
    docs="https://github.com/spark1security/n0s1#usage",
    kinds=[sdk.SECRET],
    sniff=sdk.JsonKeys(values={"tool.name": "n0s1"}),
    items=sdk.JsonItems("findings.*"),
    header={"tool_version": "tool.version", "scanned_at": "scan_date.date_utc"},
    versions="1.x",
)
def n0s1(result: sdk.Json) -> sdk.Findings:
    """`n0s1 jira_scan --report-file n0s1.json`, also `slack_scan`, `confluence_scan`, …"""
    details = result["details"]
    rule, url = details.get("matched_regex_config") or {}, result.get("url")
    field = sdk.text(details.get("ticket_field"))
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=(sdk.first(rule.get("description"), rule.get("id")) or "Secret")
        + (f" in {url}" if url else ""),
        severity=secrets.severity(),
        rule_id=sdk.text(rule.get("id")),
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=sdk.text(url),
                url=sdk.first(sdk.urls(url)),
                symbol=field,
                snippet=secrets.masked(result["secret"]),
            ),
        ),
        references=sdk.urls(url),
        tags=sdk.texts([details.get("platform"), *sdk.texts(rule.get("tags"))]),
        stable_id=sdk.text(result.get("id")),
        secret=secrets.value_of(result["secret"]),
    )
