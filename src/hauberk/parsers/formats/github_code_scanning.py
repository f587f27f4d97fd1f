"""GitHub code scanning: the alerts of a repository, from CodeQL or whichever tool uploaded them."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import github


@sdk.parser(
    id="github-code-scanning-json",
    scanner="GitHub Code Scanning",
    docs="https://docs.github.com/en/rest/code-scanning/code-scanning",
    kinds=[sdk.SAST],
    sniff=sdk.JsonLineKeys("number", "rule.id", "tool.name", "most_recent_instance"),
    items=sdk.JsonLines(),
    versions="REST API 2022-11-28, one page or several",
)
def github_code_scanning(alert: sdk.Json) -> sdk.Findings:
    """`gh api --paginate repos/OWNER/REPO/code-scanning/alerts > code-scanning.json`"""
    rule, instance = alert["rule"], alert["most_recent_instance"]
    place, message = instance.get("location") or {}, sdk.text(sdk.pick(instance, "message.text"))
    word = sdk.first(rule.get("security_severity_level"), rule.get("severity"))
    tags = sdk.texts(rule.get("tags"))
    yield sdk.ReportHeader(
        scanner=sdk.text(sdk.pick(alert, "tool.name")),
        tool_version=sdk.text(sdk.pick(alert, "tool.version")),
        ref=sdk.text(instance.get("ref")),
    )
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(rule.get("description")) or rule["id"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=rule["id"],
        rule_name=sdk.text(rule.get("name")),
        description=message or sdk.text(rule.get("full_description")),
        remediation=sdk.text(rule.get("help")),
        cwes=sdk.cwes([tag for tag in tags if "cwe" in tag.lower()]),
        locations=(
            sdk.Location(
                path=sdk.text(place.get("path")),
                line=sdk.line(place.get("start_line")),
                end_line=sdk.line(place.get("end_line")),
                column=sdk.line(place.get("start_column")),
                commit=sdk.text(instance.get("commit_sha")),
            ),
        ),
        references=sdk.urls(alert.get("html_url"), rule.get("help_uri")),
        tags=tags,
        stable_id=sdk.text(alert.get("url")) or sdk.text(alert["number"]),
        suppression=github.suppression(alert),
        target=sdk.text(sdk.pick(alert, "repository.full_name")),
        found_at=sdk.timestamp(alert.get("created_at")),
    )
