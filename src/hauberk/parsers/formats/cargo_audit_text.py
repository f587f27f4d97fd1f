"""cargo audit for people: what it prints of each crate with an advisory."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_FIELD = re.compile(r"(Crate|Version|Warning|Title|Date|ID|URL|Severity|Solution): +(\S.*)")
_RATING = re.compile(r"(?P<score>\d+(?:\.\d+)?) \((?P<word>\w+)\)")
_FIXED = re.compile(r"(?:^Upgrade to | OR )[>^=~]*\s*(\d[\w.+-]*)")


@sdk.parser(
    id="cargo-audit-text",
    scanner="cargo-audit",
    title="cargo audit text",
    docs="https://github.com/rustsec/rustsec/tree/main/cargo-audit",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^Crate: +\S", r"^Version: +\S", r"^(?:ID: +|Warning: +)\S"),
        sdk.TextLines(
            r"^ *Loaded \d+ security advisories ", r"^ *Scanning \S.* for vulnerabilities \(\d+ crate "
        ),
    ),
    versions="0.10 and later",
)
def cargo_audit_text(report: sdk.Report) -> sdk.Findings:
    """`cargo audit > cargo-audit.txt 2>&1`"""
    said: dict[str, str] = {}
    for node in report.lines():
        field = _FIELD.fullmatch(sdk.uncoloured(node.value).strip())
        if field and field[1] == "Crate":
            yield from _advisory(said)
            said = {}
        if field:
            said[field[1]] = field[2]
    yield from _advisory(said)


def _advisory(said: dict[str, str]) -> sdk.Findings:
    """As of the JSON report: what has no rating is high, and a warning is information. A yanked crate has no ID."""
    if "ID" not in said or "Crate" not in said:
        return
    name, version, warning = said["Crate"], said.get("Version"), said.get("Warning")
    rating = _RATING.fullmatch(said.get("Severity", ""))
    unrated = sdk.Severity.INFO if warning else sdk.Severity.HIGH
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(said.get("Title"), name, version),
        severity=sdk.severity(rating["word"]) if rating else unrated,
        severity_reported=warning or (rating["word"] if rating else None),
        rule_id=said["ID"],
        remediation=said.get("Solution"),
        identifiers=sdk.identifiers(said["ID"], said.get("URL")),
        cvss=sdk.assessments((None, rating["score"], "RustSec")) if rating else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl("cargo", name, version),
                fixed_versions=tuple(_FIXED.findall(said.get("Solution", ""))),
            ),
        ),
        references=sdk.urls(said.get("URL")),
    )
