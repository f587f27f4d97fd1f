"""A record of the Open Source Vulnerability schema, as OSV-Scanner and govulncheck carry it along."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_DISTRIBUTIONS = sdk.OPERATING_SYSTEM_TYPES
_OF_DISTRIBUTION = re.compile(r"[A-Z]+-(?=CVE-\d)")  # `UBUNTU-CVE-2024-1234`
_SEVERITIES: sdk.Scale = {  # GitHub's word in `database_specific.severity`; Ubuntu and others use these too.
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "important": sdk.Severity.HIGH,
    "moderate": sdk.Severity.MEDIUM,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "negligible": sdk.Severity.INFO,
}


def identifiers(record: sdk.Json) -> tuple[str, ...]:
    """The record's own and its aliases; `related` and `upstream` are other problems. `DEBIAN-CVE-2024-1234` is that CVE."""
    own = _OF_DISTRIBUTION.sub("", str(record["id"]))
    return sdk.identifiers(own, record.get("aliases")) or sdk.texts(record["id"])


def severity(record: sdk.Json, name: str, score: sdk.Json = None) -> tuple[sdk.Severity, str | None]:
    """The database's word, else a score (OSV-Scanner's own, or of the vectors); else malicious packages are critical,
    and what nobody has rated is low."""
    word = sdk.text(sdk.pick(record, "database_specific.severity"))
    if word and word.lower() in _SEVERITIES:
        return _SEVERITIES[word.lower()], word
    scores = [each.score for each in cvss(record, name) if each.score]
    best = sdk.number(score) or max(scores, default=None)
    if best is not None:
        return sdk.severity_of_score(best), sdk.text(score) or str(best)
    is_malicious = str(record["id"]).startswith("MAL-")
    return (sdk.Severity.CRITICAL if is_malicious else sdk.Severity.LOW), None


def cvss(record: sdk.Json, name: str) -> tuple[sdk.Cvss, ...]:
    """The vectors of the record, and those for this package only."""
    said = [*(record.get("severity") or ())]
    for affected in affecting(record, name):
        said += affected.get("severity") or ()
    rated = ((each.get("score"), None, sdk.text(each.get("source")) or "OSV") for each in said)
    return sdk.assessments(*rated)


def cwes(record: sdk.Json, name: str) -> tuple[int, ...]:
    specific = [
        record.get("database_specific"),
        *(a.get("database_specific") for a in affecting(record, name)),
    ]
    said: list[sdk.Json] = []
    for each in specific:
        said += sdk.pick(each, "cwe_ids") or ()
        said += [cwe.get("cweId") for cwe in sdk.listed(sdk.pick(each, "cwes"))]
    return sdk.cwes(said)


def affecting(record: sdk.Json, name: str) -> list[sdk.Json]:
    affected = sdk.listed(record.get("affected"))
    return [each for each in affected if sdk.pick(each, "package.name") == name]


def fixed_versions(record: sdk.Json, name: str) -> tuple[str, ...]:
    ranges = [each for affected in affecting(record, name) for each in sdk.listed(affected.get("ranges"))]
    return sdk.texts([event.get("fixed") for each in ranges for event in sdk.listed(each.get("events"))])


def purl(ecosystem: str | None, name: str, version: str | None) -> str | None:
    """`Debian:12` and `Red Hat:enterprise_linux:9` name a release behind the ecosystem."""
    word = (ecosystem or "").partition(":")[0].lower().replace(" ", "-")
    return sdk.purl(word, name, version) or sdk.purl(word.partition("-")[0], name, version)


def is_distribution(ecosystem: str | None) -> bool:
    word = (ecosystem or "").partition(":")[0].lower().partition(" ")[0]
    return sdk.purl_type(word) in _DISTRIBUTIONS


def references(record: sdk.Json) -> Iterator[str]:
    yield from sdk.urls([each.get("url") for each in sdk.listed(record.get("references"))])
    yield from sdk.urls(sdk.pick(record, "database_specific.url"))
