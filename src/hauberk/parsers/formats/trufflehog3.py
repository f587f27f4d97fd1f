"""truffleHog3: secrets in files and in git history."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets


@sdk.parser(
    id="trufflehog3-json",
    scanner="truffleHog3",
    docs="https://github.com/feeltheajf/trufflehog3#usage",
    kinds=[sdk.SECRET],
    sniff=sdk.JsonKeys("item.rule.id", "item.rule.message", "item.secret", "item.path"),
    items=sdk.JsonItems("item"),
    versions="version 3; earlier ones write what TruffleHog 2 writes",
)
def trufflehog3(issue: sdk.Json) -> sdk.Findings:
    """`trufflehog3 --format JSON --output trufflehog3.json`"""
    rule, path = issue["rule"], issue["path"]
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{rule['message']} in {path}",
        severity=sdk.severity(rule.get("severity")),
        severity_reported=sdk.text(rule.get("severity")),
        rule_id=rule["id"],
        rule_name=rule["message"],
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(issue.get("line")),
                commit=sdk.text(issue.get("commit")),
            ),
        ),
        tags=sdk.texts(f"branch:{issue['branch']}" if issue.get("branch") else None),
        stable_id=sdk.text(issue.get("id")),
        found_at=sdk.timestamp(issue.get("date")),
        secret=secrets.value_of(issue["secret"]),
    )
