"""cargo audit: known vulnerabilities of Rust crates, and crates that are unmaintained or unsound."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_FIRST_FIXED = re.compile(r"^[>^=~]*\s*=?\s*(\d[\w.+-]*)")  # `>=1.2.3, ^0.9.4`


@sdk.parser(
    id="cargo-audit-json",
    scanner="cargo-audit",
    docs="https://github.com/rustsec/rustsec/tree/main/cargo-audit",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("database.advisory-count", "lockfile.dependency-count", "vulnerabilities"),
        sdk.JsonKeys("vulnerabilities.list.item.advisory.id", "vulnerabilities.list.item.package.name"),
    ),
    versions="with warnings as a list or by kind, as its versions write them",
)
def cargo_audit(report: sdk.Report) -> sdk.Findings:
    """`cargo audit --json > cargo-audit.json`"""
    yield from report.read(
        report.json("vulnerabilities.list.item", required="vulnerabilities.list.item"), _crate
    )
    yield from report.read(report.json("warnings.*", "warnings.item"), _warnings)


def _warnings(listed: sdk.Json) -> sdk.Findings:
    """By kind; early versions have one list. That a crate was yanked is noted there too, without an advisory."""
    for said in listed if isinstance(listed, list) else [listed]:
        if said.get("advisory"):
            yield from _crate(said)


def _crate(said: sdk.Json) -> sdk.Findings:
    """An advisory's CVSS vector, where it has one, is all that RustSec says of severity. Without, a vulnerability is
    high, as unsoundness in Rust is, and a warning is information."""
    crate, advisory = said["package"], said["advisory"]
    name, version = crate["name"], sdk.text(crate.get("version"))
    warning = sdk.text(said.get("kind"))
    known = sdk.cvss(advisory.get("cvss"), None, "RustSec")
    unrated = sdk.Severity.INFO if warning else sdk.Severity.HIGH
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(advisory.get("title"), name, version),
        severity=sdk.severity_of_score(known.score) if known else unrated,
        severity_reported=warning or (known.vector if known else None),
        rule_id=advisory["id"],
        description=sdk.text(advisory.get("description")),
        identifiers=sdk.identifiers(advisory.get("id"), advisory.get("aliases")),
        cvss=(known,) if known else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl("cargo", name, version),
                fixed_versions=tuple(
                    _fixed(sdk.pick(said, "versions.patched") or advisory.get("patched_versions"))
                ),
            ),
        ),
        references=sdk.urls(advisory.get("url"), advisory.get("references")),
        tags=sdk.texts(advisory.get("categories")),
    )


def _fixed(ranges: sdk.Json) -> Iterator[str]:
    """`>=0.13.10, <0.14.0` begins with a fixed version."""
    for text in sdk.texts(ranges):
        if match := _FIRST_FIXED.match(text):
            yield match[1]
