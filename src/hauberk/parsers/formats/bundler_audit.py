"""bundler-audit: known vulnerabilities of Ruby gems, and sources of gems without encryption."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://github.com/rubysec/bundler-audit#synopsis"
_UPGRADE, _QUOTED = re.compile(r"^(?:upgrade|update) to "), re.compile(r"'([^']+)'")
_INSECURE = "Insecure Source URI found: "
_CRITICALITIES: sdk.Scale = {  # https://github.com/rubysec/bundler-audit/blob/master/lib/bundler/audit/advisory.rb
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "none": sdk.Severity.INFO,
    "unknown": sdk.Severity.MEDIUM,  # an advisory that nobody has rated yet; JSON leaves the word out
}


@sdk.parser(
    id="bundler-audit-json",
    scanner="bundler-audit",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(values={"results.item.type": "unpatched_gem|insecure_source"}),
        sdk.JsonKeys("version", "created_at", empty=("results",)),
    ),
    items=sdk.JsonItems("results.item"),
    header={"tool_version": "version", "scanned_at": "created_at"},
    versions="0.8 and later",
)
def bundler_audit(result: sdk.Json) -> sdk.Findings:
    """`bundle audit check --format json --output bundler-audit.json`"""
    if "gem" not in result:  # the type is `insecure_source`
        yield _insecure(result["source"])
        return
    yield _unpatched(result["gem"], result["advisory"])


@sdk.parser(
    id="bundler-audit-text",
    scanner="bundler-audit",
    title="bundler-audit (text)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^Name: \S+\s*$", r"^Version: \S+\s*$", r"^Solution: "),
        sdk.TextLines(f"^{_INSECURE}"),
    ),
    versions="all",
)
def bundler_audit_text(report: sdk.Report) -> sdk.Findings:
    """`bundle audit check > bundler-audit.txt`"""
    for said in _blocks(report):
        if "insecure" in said:
            yield _insecure(said["insecure"])
            continue
        cve, ghsa = said.get("CVE"), said.get("GHSA")
        advisory = {
            "id": said.get("Advisory") or cve or ghsa or said.get("Title") or said.get("URL"),
            "title": said.get("Title"),
            "description": said.get("Description"),
            "cve": cve and cve.removeprefix("CVE-"),
            "ghsa": ghsa and ghsa.removeprefix("GHSA-"),
            "criticality": said.get("Criticality"),
            "url": said.get("URL"),
            "patched_versions": _patched(_UPGRADE.sub("", said.get("Solution", ""))),
        }
        yield _unpatched({"name": said["Name"], "version": said.get("Version")}, advisory)


def _patched(solution: str) -> list[str]:
    """Newer versions put each range between quotes, for a range may have two ends."""
    return _QUOTED.findall(solution) or solution.split(", ")


def _blocks(report: sdk.Report) -> Iterator[dict[str, str]]:
    """One for each gem: lines of a word, a colon and its value, up to an empty line. `--verbose` has paragraphs in it."""
    said: dict[str, str] = {}
    telling = False
    for node in report.lines():
        telling = telling and not node.value.startswith("Solution: ")
        key, colon, value = node.value.partition(": ")
        if telling:
            said["Description"] += f"{node.value.strip()}\n"
        elif node.value.rstrip() == "Description:":
            said["Description"], telling = "", True
        elif node.value.startswith(_INSECURE):
            yield {"insecure": node.value.removeprefix(_INSECURE)}
        elif colon:
            said[key] = value.strip()
        elif "Name" in said:
            yield said
            said = {}
    if "Name" in said:
        yield said


def _unpatched(gem: sdk.Json, advisory: sdk.Json) -> sdk.ReportedFinding:
    """`~> 1.6.11` and `>= 2.0.6` begin with a fixed version, `< 3.0.0` ends before one that is not."""
    name, version, known = gem["name"], sdk.text(gem.get("version")), advisory["id"]
    cve, ghsa = sdk.text(advisory.get("cve")), sdk.text(advisory.get("ghsa"))
    word = sdk.text(advisory.get("criticality"))
    patched = sdk.texts(advisory.get("patched_versions"))
    ends = [each.rpartition(", ")[2] for each in patched]  # of `~> 2.0.9, >= 2.0.9.1` the narrower one
    fixed = [each.split(" ", 1)[1] for each in ends if each.startswith((">= ", "~> "))]
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(advisory.get("title") or known, name),
        severity=sdk.severity(word or "unknown", _CRITICALITIES),
        severity_reported=word,
        rule_id=known,
        description=sdk.text(advisory.get("description")),
        remediation=f"Upgrade to {', '.join(patched)}." if fixed else None,
        identifiers=sdk.identifiers(known, f"CVE-{cve}" if cve else None, f"GHSA-{ghsa}" if ghsa else None),
        cvss=sdk.assessments(*((None, advisory.get(f"cvss_v{v}"), None, f"{v}.0") for v in (4, 3, 2))),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl("gem", name, version),
                fixed_versions=sdk.texts(fixed),
            ),
        ),
        references=sdk.urls(advisory.get("url")),
    )


def _insecure(source: str) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=f"Gems come unencrypted from {source}",
        severity=sdk.Severity.UNKNOWN,
        rule_id="insecure-source",
        cwes=(319,),
        locations=(sdk.Location(path="Gemfile"),),
        components=(sdk.Component(name=source),),
    )
