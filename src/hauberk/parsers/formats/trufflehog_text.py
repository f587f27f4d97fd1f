"""TruffleHog for people: what version 3 prints of each secret."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

_BEGIN = re.compile(r"\W*Found (?P<state>verified|unverified) result\b.*")
_FIELD = re.compile(r"(?P<name>[A-Z][a-z_]+(?: [Tt]ype| result)?): (?P<value>.*)")
_PLACES = ("File", "Path", "Filename", "Key", "Link", "Image", "Location", "Bucket", "Repository")


@sdk.parser(
    id="trufflehog-text",
    scanner="TruffleHog",
    title="TruffleHog text",
    docs="https://github.com/trufflesecurity/trufflehog#what-is-trufflehog-",
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"Found (?:un)?verified result\b", r"Detector Type: \w"),
        sdk.TextLines(r"TruffleHog\. Unearth your secrets\.", r"finished scanning\b.*\"verified_secrets\""),
    ),
    versions="TruffleHog 3",
)
def trufflehog_text(report: sdk.Report) -> sdk.Findings:
    """`trufflehog git https://… > trufflehog.txt`, also `filesystem`, `github`, `s3`, `docker`, …"""
    said: dict[str, list[str]] = {}
    name = ""
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if begun := _BEGIN.fullmatch(line):
            yield from _secret(said)
            said, name = {"state": [begun["state"]]}, ""
        elif said and (field := _FIELD.fullmatch(line)):
            name = field["name"]
            said.setdefault(name, [field["value"]])
        elif name == "Raw result":
            said[name].append(line)  # a key may have many lines
    yield from _secret(said)


def _secret(told: dict[str, list[str]]) -> sdk.Findings:
    said = {name: "\n".join(lines).strip() for name, lines in told.items()}
    detector = said.get("Detector Type")
    if not detector:
        return
    path = next((said[place] for place in _PLACES if said.get(place)), "unknown")
    is_verified = said["state"] == "verified"
    moment = " ".join(said.get("Timestamp", "").split(" ")[:3])  # Go prints the zone twice
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{detector} secret in {path}",
        severity=secrets.severity(is_valid=is_verified),
        rule_id=detector,
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(said.get("Line")),
                commit=sdk.text(said.get("Commit")),
                url=sdk.first(sdk.urls(said.get("Link"))),
            ),
        ),
        references=sdk.urls(said.get("Link"), said.get("Rotation_guide")),
        tags=sdk.texts(said.get("Decoder Type")),
        confidence=said["state"],
        target=sdk.first(*(said.get(place) for place in ("Repository", "Bucket", "Image"))),
        found_at=sdk.timestamp(moment),
        secret=secrets.value_of(said.get("Raw result")),
    )
