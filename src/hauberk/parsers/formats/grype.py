"""Grype: Anchore's vulnerability scanner for images, folders and SBOMs."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, syft_source


@sdk.parser(
    id="grype-json",
    scanner="Grype",
    docs="https://github.com/anchore/grype#output-formats",
    kinds=[sdk.CONTAINER, sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "matches.item.vulnerability.id", "matches.item.artifact.name", "matches.item.matchDetails"
        ),
        sdk.JsonKeys(
            "matches.item.vulnerability.id", "matches.item.artifact.name", "matches.item.match-details"
        ),
        sdk.JsonKeys("matches", values={"descriptor.name": "grype"}),
        *(
            sdk.JsonKeys("item.vulnerability.id", "item.artifact.name", f"item.{details}")
            for details in ("matchDetails", "match-details", "search-key")
        ),
    ),
    versions="0.1 and later",
)
def grype(report: sdk.Report) -> sdk.Findings:
    """`grype IMAGE -o json > grype.json`; with `--show-suppressed` ignored matches come along as suppressed."""
    if not report.is_object:  # the first versions: matches alone
        yield from report.read(report.json("item"), _match)
        return
    said = report.json(
        "matches.item", "ignoredMatches.item", "source", "distro", "descriptor", required="matches.item"
    )
    for node in said:
        if node.pattern == "source":
            yield syft_source.header(node.value)
        elif node.pattern == "descriptor":
            yield sdk.ReportHeader(
                tool_version=sdk.text(sdk.pick(node.value, "version")),
                scanned_at=sdk.timestamp(sdk.pick(node.value, "timestamp")),
            )
        elif node.pattern != "distro":
            yield from report.read_one(node, _match)


def _match(match: sdk.Json) -> sdk.Findings:
    vulnerability, artifact = match["vulnerability"], match["artifact"]
    related = match.get("relatedVulnerabilities") or []
    places = artifact.get("locations") or []
    is_image = artifact.get("type") in packages.OF_SYSTEM or any(
        sdk.pick(place, "layerID") for place in places
    )
    advisories = vulnerability.get("advisories") or []
    fixed = vulnerability.get("fix") or {"versions": _either(vulnerability, "fixedInVersion")}
    fix = sdk.text(sdk.pick(vulnerability, "fix.state"))
    known = [vulnerability, *related]
    ignored = match.get("appliedIgnoreRules") or []
    word, cvss = sdk.text(vulnerability.get("severity")), sdk.assessments(*_assessments(known))
    score = cvss[0].score if cvss else None
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_image else sdk.SCA,
        title=packages.title(vulnerability["id"], artifact["name"], artifact.get("version")),
        severity=sdk.severity(word) if word else sdk.severity_of_score(score),
        severity_reported=word,
        rule_id=vulnerability["id"],
        description=sdk.first(*(v.get("description") for v in known)),
        identifiers=sdk.identifiers(*(v.get("id") for v in known)),
        cwes=sdk.cwes(*(cwe.get("cwe") for v in known for cwe in sdk.listed(v.get("cwes")))),
        cvss=cvss,
        epss=next((sdk.number(e.get("epss")) for v in known for e in sdk.listed(v.get("epss"))), None),
        known_exploited=True if any(v.get("knownExploited") for v in known) else None,
        locations=tuple(sdk.Location(path=place.get("path")) for place in places[:1]),
        components=tuple(_components(artifact, fixed)),
        references=sdk.urls(
            *(v.get("dataSource") for v in known),
            *(v.get("urls") or v.get("links") for v in known),
            *(advisory.get("link") for advisory in advisories),
        ),
        tags=(f"fix:{fix}",) if fix else (),
        suppression=sdk.suppression(ignored, justification=sdk.pick(ignored, "0.reason")),
    )


def _components(artifact: sdk.Json, fix: sdk.Json) -> Iterator[sdk.Component]:
    """One for each place of the package: the same library in two paths is two places of the problem."""
    for place in artifact.get("locations") or [{}]:
        yield sdk.Component(
            name=artifact["name"],
            version=sdk.text(artifact.get("version")),
            purl=sdk.text(artifact.get("purl")),
            fixed_versions=sdk.texts(fix.get("versions")),
            path=sdk.text(place.get("path")),
            layer=sdk.text(place.get("layerID")),
        )


def _either(said: sdk.Json, name: str) -> sdk.Json:
    """Before 0.9, keys were written with hyphens: `fixed-in-version`, `base-score`."""
    hyphenated = re.sub(r"(?=[A-Z])", "-", name).lower()
    return said.get(name, said.get(hyphenated))


def _assessments(known: list[sdk.Json]) -> Iterator[sdk.Rating]:
    for vulnerability in known:
        for name, usual in (("cvssV3", "3.0"), ("cvssV2", "2.0")):  # before 0.14
            if given := _either(vulnerability, name):
                yield given.get("vector"), _either(given, "baseScore"), None, usual
        for cvss in sdk.listed(vulnerability.get("cvss")):
            yield (
                cvss.get("vector"),
                sdk.pick(cvss, "metrics.baseScore"),
                sdk.first(cvss.get("source"), vulnerability.get("namespace")),
                sdk.text(cvss.get("version")),
            )
