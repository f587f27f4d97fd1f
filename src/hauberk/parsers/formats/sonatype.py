"""Sonatype Lifecycle (Nexus IQ): known vulnerabilities of an application's components, and the policies that they violate."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_THREAT_LEVELS: sdk.Scale = {  # https://help.sonatype.com/en/understanding-the-parts-of-a-policy.html
    **dict.fromkeys(("8", "9", "10"), sdk.Severity.CRITICAL),
    **dict.fromkeys(("4", "5", "6", "7"), sdk.Severity.HIGH),
    **dict.fromkeys(("2", "3"), sdk.Severity.MEDIUM),
    "1": sdk.Severity.LOW,
    "0": sdk.Severity.INFO,
}
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
    versions="the raw report and that of policy violations",
)
def sonatype(component: sdk.Json) -> sdk.Findings:
    """`GET /api/v2/applications/APP/reports/REPORT/raw` of the IQ server, or `/policy`"""
    issues = sdk.pick(component, "securityData.securityIssues")
    yield from sdk.each(issues, partial(_issue, component), "securityData.securityIssues")
    yield from sdk.each(component.get("violations"), partial(_violation, component), "violations")


def _issue(component: sdk.Json, said: sdk.Json) -> sdk.Findings:
    """Its severity is a CVSS score; the threat category is the organization's policy."""
    name, version, purl = _package(component)
    paths = sdk.texts(component.get("pathnames"))
    score, reference = said.get("severity"), said["reference"]
    vector = said.get("cvssVector") or sdk.pick(said, "cvssVectorSource.vector")
    status = sdk.text(said.get("status")) or ""
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(reference, name, version),
        severity=sdk.severity_of_score(score),
        severity_reported=sdk.text(score),
        rule_id=reference,
        identifiers=sdk.identifiers(reference),
        cwes=sdk.cwes(said.get("cwe")),
        cvss=sdk.assessments((vector, score, sdk.text(said.get("source")))),
        locations=tuple(sdk.Location(path=path) for path in paths),
        components=(sdk.Component(name=name, version=version, purl=purl, path=sdk.first(paths)),),
        references=sdk.urls(said.get("url")),
        tags=sdk.texts(said.get("threatCategory")),
        suppression=sdk.suppression(status.lower() in _DECIDED, justification=status),
    )


def _violation(component: sdk.Json, said: sdk.Json) -> sdk.Findings:
    """The reason for each condition is all that names the vulnerability."""
    name, version, purl = _package(component)
    paths, level = sdk.texts(component.get("pathnames")), sdk.text(said.get("policyThreatLevel"))
    conditions = [
        each for rule in sdk.listed(said.get("constraints")) for each in sdk.listed(rule.get("conditions"))
    ]
    reasons = sdk.texts([each.get("conditionReason") for each in conditions])
    known = sdk.identifiers(*reasons)
    is_set_aside = any(said.get(word) is True for word in ("waived", "grandfathered", "legacyViolation"))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(", ".join(sdk.texts([said["policyName"], *known[:1]])), name, version),
        severity=sdk.severity(level, _THREAT_LEVELS),
        severity_reported=level,
        rule_id=sdk.first(known) or said["policyName"],
        rule_name=said["policyName"],
        description=sdk.paragraphs(*reasons),
        identifiers=known,
        locations=tuple(sdk.Location(path=path) for path in paths),
        components=(sdk.Component(name=name, version=version, purl=purl, path=sdk.first(paths)),),
        tags=sdk.texts(said.get("policyThreatCategory")),
        stable_id=sdk.text(said.get("policyViolationId")),
        suppression=sdk.suppression(is_set_aside, justification="waived"),
    )


def _package(component: sdk.Json) -> tuple[str, str | None, str | None]:
    identifier: sdk.Json = component.get("componentIdentifier") or {}
    at = identifier.get("coordinates") or {}
    version, purl = sdk.text(at.get("version")), sdk.text(component.get("packageUrl"))
    artifact = at.get("artifactId") or at.get("packageId") or at.get("name") or component.get("displayName")
    name = ":".join(sdk.texts([at.get("groupId"), artifact])) or component["hash"]
    return name, version, purl or sdk.purl(identifier.get("format"), name, version)
