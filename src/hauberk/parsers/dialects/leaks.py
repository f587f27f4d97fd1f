"""What Gitleaks 8 says of a leak, whatever the format."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

_BETWEEN = re.compile(r"[\s,\[\]]+")


def finding(leak: dict[str, sdk.Json]) -> sdk.ReportedFinding:
    """`{"RuleID": …, "File": …, "StartLine": …, "Match": …, "Secret": …, "Commit": …, "Fingerprint": …}`"""
    path, rule = leak["File"], leak["RuleID"]
    return sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{sdk.text(leak.get('Description')) or rule} in {path}",
        severity=secrets.severity(),
        rule_id=rule,
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(leak.get("StartLine")),
                end_line=sdk.line(leak.get("EndLine")),
                column=sdk.line(leak.get("StartColumn")),
                commit=commit(leak.get("Commit")),
                snippet=sdk.text(leak.get("Match")) if secrets.masked(leak["Secret"]) else None,
            ),
        ),
        references=sdk.urls(leak.get("Link")),
        tags=sdk.texts(leak.get("Tags")),
        stable_id=sdk.text(leak.get("Fingerprint")),
        found_at=sdk.timestamp(leak.get("Date")),
        secret=secrets.value_of(leak["Secret"]),
    )


def commit(said: sdk.Json) -> str | None:
    """Uncommitted changes are of a commit 0000…"""
    named = sdk.text(said)
    return named if named and named.strip("0") else None


def words(listed: str) -> list[str]:
    """`[aws key]`, `aws, key`"""
    return _BETWEEN.split(listed)
