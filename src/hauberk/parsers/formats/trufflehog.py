"""TruffleHog: secrets in git history, buckets, images and wherever else version 3 looks."""

import base64
from datetime import datetime

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

_DOCS = "https://github.com/trufflesecurity/trufflehog#what-is-trufflehog-"
# What the sources of version 3 call the place within them, the most exact first (its source_metadata.proto).
_PLACES = (
    "file",
    "path",
    "filename",
    "key",
    "link",
    "image",
    "location",
    "bucket",
    "repository",
    "channel_id",
)


@sdk.parser(
    id="trufflehog-json",
    scanner="TruffleHog",
    docs=_DOCS,
    kinds=[sdk.SECRET],
    sniff=sdk.JsonLineKeys("SourceMetadata", "SourceType", "DetectorName", "Verified"),
    items=sdk.JsonLines(),
    versions="TruffleHog 3",
    may_be_blank=True,
)
def trufflehog(result: sdk.Json) -> sdk.Findings:
    """`trufflehog git https://… --json > trufflehog.json`, also `filesystem`, `github`, `s3`, `docker`, …"""
    if "logger" in result and "SourceMetadata" not in result:
        return  # a line of its log, which goes to the same place with `2>&1`
    known: sdk.Json = sdk.pick(result, "SourceMetadata.Data") or {"unknown": {}}
    source, place = next((name, said or {}) for name, said in known.items())
    detector, quoted = result["DetectorName"], _raw(result)
    path = sdk.first(*(place.get(key) for key in _PLACES)) or source
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{detector} secret in {path}",
        severity=secrets.severity(is_valid=result.get("Verified")),
        rule_id=detector,
        description=sdk.text(result.get("DetectorDescription")),
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(place.get("line")),
                commit=sdk.text(place.get("commit")),
                url=sdk.first(sdk.urls(place.get("link"))),
                snippet=sdk.text(result.get("Redacted")) if quoted is None else None,
            ),
        ),
        references=sdk.urls(place.get("link"), sdk.pick(result, "ExtraData.rotation_guide")),
        tags=sdk.texts([source, result.get("DecoderName")]),
        confidence="verified" if result.get("Verified") else "unverified",
        target=sdk.first(*(place.get(key) for key in ("repository", "bucket", "image"))),
        found_at=_moment(place.get("timestamp")),
        secret=quoted,
    )


@sdk.parser(
    id="trufflehog-json-v2",
    scanner="TruffleHog",
    title="TruffleHog (version 2)",
    docs=_DOCS,
    kinds=[sdk.SECRET],
    sniff=sdk.JsonLineKeys("stringsFound", "reason", "commitHash", "path", absent=("new_line_num",)),
    items=sdk.JsonLines(),
    versions="TruffleHog 2 and truffleHog3 before its version 2",
    may_be_blank=True,
)
def trufflehog_v2(issue: sdk.Json) -> sdk.Findings:
    """`trufflehog --json https://… > trufflehog.json`"""
    path, rule = issue["path"], issue["reason"]
    quoted = "\n".join(sdk.texts(issue["stringsFound"]))  # those of one commit, file and reason
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{rule} in {path}",
        severity=secrets.severity(),
        rule_id=rule,
        cwes=secrets.CWES,
        locations=(
            sdk.Location(path=path, commit=sdk.text(issue["commitHash"]), snippet=secrets.masked(quoted)),
        ),
        tags=sdk.texts(f"branch:{issue['branch']}" if issue.get("branch") else None),
        found_at=sdk.timestamp(issue.get("date")),
        secret=secrets.value_of(quoted),
    )


def _raw(result: sdk.Json) -> str | None:
    """Versions before decoders were named write the value in Base64."""
    quoted = sdk.first(result.get("RawV2"), result.get("Raw"))
    if quoted and "DecoderName" not in result:
        try:
            quoted = base64.b64decode(quoted, validate=True).decode()
        except ValueError:
            return secrets.value_of(quoted)
    return secrets.value_of(quoted)


def _moment(said: sdk.Json) -> datetime | None:
    """`2022-06-16 10:17:40 -0700 -0700`: Go prints the zone twice."""
    text = sdk.text(said) or ""
    return sdk.timestamp(" ".join(text.split(" ")[:3]))
