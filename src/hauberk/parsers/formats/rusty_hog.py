"""Rusty Hog: secrets in git history, files, buckets, Jira, Confluence, Google Drive and Slack."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

_SEEN = (200, *secrets.CWES)  # outside of code a secret is rather exposed (CWE-200) than hard-coded


@sdk.parser(
    id="rusty-hog-json",
    scanner="Rusty Hog",
    docs="https://github.com/newrelic/rusty-hog#usage",
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys("item.stringsFound", "item.reason", f"item.{key}")
            for key in (
                "linenum",
                "new_line_num",
                "issue_id",
                "page_id",
                "bucket",
                "g_drive_id",
                "channel_id",
            )
        ),
    ),
    items=sdk.JsonItems("item"),
    versions="Choctaw, Duroc, Berkshire, Gottingen, Essex, Ankamali and Hante Hog",
)
def rusty_hog(result: sdk.Json) -> sdk.Findings:
    """`duroc_hog --outputfile hog.json src`, and the same of the other hogs"""
    url = sdk.first(sdk.urls(result.get("url"), result.get("web_link")))
    bucket = "/".join(sdk.texts([result.get("bucket"), result.get("key")]))
    path = sdk.first(result.get("path"), bucket, url)
    rule, quoted = result["reason"], "\n".join(sdk.texts(result["stringsFound"]))
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{rule} in {sdk.first(result.get('issue_id'), result.get('page_id')) or path}",
        severity=secrets.severity(),
        rule_id=rule,
        description=sdk.text(result.get("location")),
        cwes=_SEEN,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(result.get("linenum")) or sdk.line(result.get("new_line_num")),
                commit=sdk.text(result.get("commitHash")),
                url=url,
                snippet=secrets.masked(quoted),
            ),
        ),
        references=sdk.urls(url),
        found_at=sdk.timestamp(result.get("date")),
        secret=secrets.value_of(quoted),
    )
