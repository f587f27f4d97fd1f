"""mix_audit: known vulnerabilities of Elixir and Erlang packages."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="mix-audit-json",
    scanner="MixAudit",
    docs="https://github.com/mirego/mix_audit#usage",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("vulnerabilities.item.dependency.lockfile", "vulnerabilities.item.advisory"),
        sdk.JsonKeys("pass", empty=("vulnerabilities",)),
    ),
    items=sdk.JsonItems("vulnerabilities.item"),
    versions="1.x and 2.x",
)
def mix_audit(said: sdk.Json) -> sdk.Findings:
    """`mix deps.audit --format json > mix-audit.json`"""
    dependency, advisory = said["dependency"], said["advisory"]
    name, version = dependency["package"], sdk.text(dependency.get("version"))
    lockfile, word = sdk.text(dependency.get("lockfile")), sdk.text(advisory.get("severity"))
    cve = sdk.text(advisory.get("cve"))
    if cve and cve[0].isdigit():  # the first advisories leave the prefix out, and tell ranges
        cve = f"CVE-{cve}"
    ranges = sdk.texts(advisory.get("patched_versions"))
    fixed = [each.split()[-1] for each in ranges if each.startswith((">=", "~>")) and " and " not in each]
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(advisory.get("title"), name),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=advisory["id"],
        description=sdk.text(advisory.get("description")),
        identifiers=sdk.identifiers(advisory["id"], cve, advisory.get("url")),
        locations=(sdk.Location(path=lockfile),) if lockfile else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl("hex", name, version),
                fixed_versions=sdk.texts(advisory.get("first_patched_versions") or fixed),
                path=lockfile,
            ),
        ),
        references=sdk.urls(advisory.get("url")),
    )
