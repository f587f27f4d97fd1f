"""Sonatype Lifecycle (Nexus IQ): known vulnerabilities of an application's components."""

from functools import partial
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DECIDED = ("not applicable", "acknowledged")


@sdk.parser(
    id="sonatype-lifecycle-json",
    scanner="Sonatype Lifecycle",
    docs="https://help.sonatype.com/en/report-related-rest-apis.html",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("components.item.componentIdentifier", "components.item.securityData"),
        sdk.JsonKeys("components.item.componentIdentifier", "components.item.matchState"),
        sdk.JsonKeys("components.item.matchState", "components.item.hash", "matchSummary"),
        sdk.JsonKeys("matchSummary", empty=("components",)),
    ),
    items=sdk.JsonItems("components.item"),
)
def sonatype(component: sdk.Json) -> sdk.Findings:
    """`GET /api/v2/applications/APP/reports/REPORT/raw` of the IQ server"""
    issues = sdk.pick(component, "securityData.securityIssues")
    yield from sdk.each(issues, partial(_issue, component), "securityData.securityIssues")


def _issue(component: sdk.Json, said: sdk.Json) -> sdk.Findings:
    """Its severity is a CVSS score; the threat category is the organization's policy."""
    name, version, purl = _package(component)
    paths = sdk.texts(component.get("pathnames"))
    score, reference = said.get("severity"), said["reference"]
    status = sdk.text(said.get("status")) or ""
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(reference, name, version),
        severity=sdk.severity_of_score(score),
        severity_reported=sdk.text(score),
        rule_id=reference,
        identifiers=sdk.identifiers(reference),
        cwes=sdk.cwes(said.get("cwe")),
        cvss=sdk.assessments(
            (
                said.get("cvssVector") or sdk.pick(said, "cvssVectorSource.vector"),
                score,
                sdk.text(said.get("source")),
            )
        ),
        locations=tuple(sdk.Location(path=path) for path in paths),
        components=(sdk.Component(name=name, version=version, purl=purl, path=next(iter(paths), None)),),
        references=sdk.urls(said.get("url")),
        tags=sdk.texts(said.get("threatCategory")),
        suppression=sdk.Suppression(justification=status) if status.lower() in _DECIDED else None,
    )


def _package(component: sdk.Json) -> tuple[str, str | None, str | None]:
    identifier: Any = component.get("componentIdentifier") or {}
    at = identifier.get("coordinates") or {}
    version, purl = sdk.text(at.get("version")), sdk.text(component.get("packageUrl"))
    artifact = at.get("artifactId") or at.get("packageId") or at.get("name") or component.get("displayName")
    name = ":".join(sdk.texts([at.get("groupId"), artifact])) or component["hash"]
    return name, version, purl or sdk.purl(identifier.get("format"), name, version)
