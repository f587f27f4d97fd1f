"""SPDX 3: vulnerabilities of an SBOM's packages, with scores, exploits and what the supplier states."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, vex
from hauberk.parsers.dialects.spdx3 import STATES, Graph

_REASONS = ("justificationType", "impactStatement", "statusNotes")


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
    yield from report.read(report.json("@graph.item", required="@graph.item"), graph.take)
    yield graph.header()
    for (vulnerability, package), said in graph.statements.items():
        if vulnerability in graph.vulnerabilities and package in graph.packages:
            yield _finding(graph, vulnerability, package, said)


def _finding(graph: Graph, vulnerability: str, package: str, said: sdk.Json) -> sdk.ReportedFinding:
    known, component = graph.vulnerabilities[vulnerability], graph.packages[package]
    stated = STATES.get(str(said.get("type")))
    state = stated or sdk.VexStatus.AFFECTED
    given = graph.scores.get(vulnerability, [])
    scores = [each for each in given if package in sdk.texts(each.get("to"))] or given
    word = sdk.first(*(each.get("security_severity") for each in scores))
    rated = ((each.get("security_vectorString"), each.get("security_score")) for each in scores)
    named = [each.get("identifier") for each in sdk.listed(known.get("externalIdentifier"))]
    identifiers = sdk.identifiers(named, known.get("name"), vulnerability)
    title = sdk.text(known.get("summary")) or sdk.first(identifiers) or sdk.text(known.get("name"))
    reasons = [sdk.text(said.get(f"security_{key}")) for key in _REASONS]
    is_found = (vulnerability, package) in graph.found
    return sdk.ReportedFinding(
        kind=packages.kind_of(component.purl),
        title=packages.title(title or "Known vulnerability", component.name, component.version),
        severity=vex.severity(state, sdk.severity(word)),
        severity_reported=word,
        rule_id=sdk.first(identifiers) or vulnerability,
        description=sdk.text(known.get("description")),
        remediation=sdk.text(said.get("security_actionStatement")),
        identifiers=identifiers,
        cvss=sdk.assessments(*rated),
        epss=sdk.number(sdk.first(*(each.get("security_probability") for each in scores))),
        known_exploited=True if any(each.get("security_exploited") is True for each in scores) else None,
        components=(component,),
        references=sdk.urls(*(each.get("locator") for each in sdk.listed(known.get("externalRef")))),
        tags=sdk.texts(stated.value if stated else None),
        suppression=vex.suppression(state, *reasons),
        vex=_statement(graph, stated, said, component, is_found=is_found) if stated else None,
        found_at=sdk.timestamp(known.get("security_publishedTime")),
    )


def _statement(
    graph: Graph, state: sdk.VexStatus, said: sdk.Json, component: sdk.Component, *, is_found: bool
) -> sdk.VexStatement:
    times = (sdk.timestamp(said.get(f"security_{key}")) for key in ("publishedTime", "modifiedTime"))
    impact, notes = (said.get(f"security_{key}") for key in ("impactStatement", "statusNotes"))
    return sdk.VexStatement(
        vex_status=state,
        justification=sdk.text(said.get("security_justificationType")),
        impact=sdk.paragraphs(impact, notes),
        action=sdk.text(said.get("security_actionStatement")),
        author=graph.agents.get(str(said.get("suppliedBy"))),
        stated_at=vex.newest(*times),
        is_of_product=component.purl is None,
        is_result=is_found and not state.is_settled,
    )
