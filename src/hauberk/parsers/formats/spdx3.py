"""SPDX 3: vulnerabilities of an SBOM's packages, with scores, exploits and what the supplier decided."""

from dataclasses import dataclass, field
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, vex

_STATES = {
    "security_VexAffectedVulnAssessmentRelationship": vex.AFFECTED,
    "security_VexNotAffectedVulnAssessmentRelationship": vex.NOT_AFFECTED,
    "security_VexFixedVulnAssessmentRelationship": vex.FIXED,
    "security_VexUnderInvestigationVulnAssessmentRelationship": vex.UNDER_INVESTIGATION,
}


@dataclass
class Graph:
    """The elements that point to each other by identifier; they stand in any order."""

    packages: dict[str, sdk.Component] = field(default_factory=dict)
    vulnerabilities: dict[str, Any] = field(default_factory=dict)
    statements: dict[tuple[str, str], Any] = field(default_factory=dict)
    scores: dict[str, list[Any]] = field(default_factory=dict)


@sdk.parser(
    id="spdx3-json",
    scanner="SPDX",
    title="SPDX 3 (JSON-LD)",
    docs="https://spdx.github.io/spdx-spec/v3.0.1/model/Security/Security/",
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("@graph", values={"@context": r"https://spdx\.(org|github\.io)/.*"}),
        sdk.JsonKeys("@graph.item.spdxId"),
    ),
    versions="3.0 and 3.0.1, Security profile",
)
def spdx3(report: sdk.Report) -> sdk.Findings:
    """Whatever writes SPDX 3 as JSON-LD with its Security profile"""
    graph = Graph()
    yield from report.read(
        report.json("@graph.item", required="@graph.item"), lambda said: _take(graph, said)
    )
    for (vulnerability, package), said in graph.statements.items():
        if vulnerability in graph.vulnerabilities and package in graph.packages:
            yield _finding(graph, vulnerability, package, said)


def _take(graph: Graph, said: sdk.Json) -> sdk.Findings:
    kind, identifier = str(said.get("type")), str(said.get("spdxId") or said.get("@id"))
    if kind == "software_Package":
        graph.packages[identifier] = _package(said)
    elif kind == "security_Vulnerability":
        graph.vulnerabilities[identifier] = said
    elif kind in _STATES:
        for element in sdk.texts(said.get("to")):
            graph.statements[str(said["from"]), element] = said
    elif said.get("relationshipType") == "hasAssociatedVulnerability":
        for vulnerability in sdk.texts(said.get("to")):
            graph.statements.setdefault((vulnerability, str(said["from"])), said)
    elif kind.startswith("security_") and kind.endswith("VulnAssessmentRelationship"):
        graph.scores.setdefault(str(said["from"]), []).append(said)
    yield from ()


def _package(said: sdk.Json) -> sdk.Component:
    named = said.get("externalIdentifier") or ()
    purls = [each.get("identifier") for each in named if each.get("externalIdentifierType") == "packageUrl"]
    return sdk.Component(
        name=said["name"],
        version=sdk.text(said.get("software_packageVersion")),
        purl=next(iter(sdk.texts([said.get("software_packageUrl"), *purls])), None),
    )


def _finding(graph: Graph, vulnerability: str, package: str, said: sdk.Json) -> sdk.ReportedFinding:
    known, component = graph.vulnerabilities[vulnerability], graph.packages[package]
    state = _STATES.get(str(said.get("type")), vex.AFFECTED)
    given = graph.scores.get(vulnerability, [])
    scores = [each for each in given if package in sdk.texts(each.get("to"))] or given
    cvss = (sdk.cvss(each.get("security_vectorString"), each.get("security_score")) for each in scores)
    word = next(iter(sdk.texts([each.get("security_severity") for each in scores])), None)
    named = [each.get("identifier") for each in known.get("externalIdentifier") or ()]
    identifiers = sdk.identifiers(named, known.get("name"), vulnerability)
    title = sdk.text(known.get("summary")) or next(iter(identifiers), None) or sdk.text(known.get("name"))
    is_image = str(component.purl).startswith(tuple(f"pkg:{kind}/" for kind in sdk.OPERATING_SYSTEM_TYPES))
    reasons = [
        sdk.text(said.get(f"security_{key}"))
        for key in ("justificationType", "impactStatement", "statusNotes")
    ]
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_image else sdk.SCA,
        title=packages.title(title or "Known vulnerability", component.name, component.version),
        severity=vex.severity(state, sdk.severity(word)),
        severity_reported=word,
        rule_id=next(iter(identifiers), None) or vulnerability,
        description=sdk.text(known.get("description")),
        remediation=sdk.text(said.get("security_actionStatement")),
        identifiers=identifiers,
        cvss=tuple(dict.fromkeys(each for each in cvss if each)),
        epss=next(
            (p for each in scores if (p := sdk.number(each.get("security_probability"))) is not None), None
        ),
        known_exploited=True if any(each.get("security_exploited") is True for each in scores) else None,
        components=(component,),
        references=sdk.urls(*(each.get("locator") for each in known.get("externalRef") or ())),
        tags=sdk.texts(state if str(said.get("type")) in _STATES else None),
        suppression=vex.suppression(state, *reasons),
        found_at=sdk.timestamp(known.get("security_publishedTime")),
    )
