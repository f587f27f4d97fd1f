"""Meterian: known vulnerabilities of the packages of many languages."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="meterian-json",
    scanner="Meterian",
    docs="https://docs.meterian.io/the-meterian-client/report-formats",
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("reports.security.reports", "scores.security", later=("timestamp",)),
)
def meterian(report: sdk.Report) -> sdk.Findings:
    """`meterian --report-json=meterian.json`"""
    for node in report.json(
        "timestamp", "reports.security.reports.item.reports.item", required="reports.security.reports.item"
    ):
        if node.pattern == "timestamp":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            yield from report.read_one(node, _package)


def _package(said: sdk.Json) -> sdk.Findings:
    dependency, safe = said["dependency"], said.get("safeVersions") or {}
    fixed = sdk.texts([safe.get(key) for key in ("latestPatch", "latestMinor", "latestMajor")])
    chain = " > ".join(sdk.texts(said.get("hierarchy"))) or None
    named = [*sdk.texts(said.get("locations")), *sdk.texts(dependency.get("locations"))]
    for advice in said["advices"]:
        # Without a location it was read from the project's manifest.
        yield _advice(dependency, advice, fixed, sdk.texts(named or "Manifest file"), chain)


def _advice(
    dependency: sdk.Json, advice: sdk.Json, fixed: tuple[str, ...], places: tuple[str, ...], chain: str | None
) -> sdk.ReportedFinding:
    name, version = dependency["name"], sdk.text(dependency.get("version"))
    links = [link.get("url") for link in sdk.listed(advice.get("links"))]
    word = sdk.text(advice.get("severity"))
    description = sdk.text(advice.get("description"))
    named = [link.get("url") for link in sdk.listed(advice.get("links")) if link.get("type") == "CVE"]
    identifiers = sdk.identifiers(advice.get("cve"), named)
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(sdk.first(identifiers) or "Known vulnerability", name, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.first(identifiers) or advice["id"],
        description=description,
        identifiers=identifiers,
        cwes=sdk.cwes(advice.get("cwe")) or packages.CWES,
        cvss=sdk.assessments((advice.get("cvssVector"), advice.get("cvss"))),
        locations=tuple(sdk.Location(path=place) for place in places),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(sdk.pick(advice, "library.language"), name, version),
                fixed_versions=fixed,
                path=chain,
            ),
        ),
        references=sdk.urls(links),
        stable_id=advice["id"],
    )
