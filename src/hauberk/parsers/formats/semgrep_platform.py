"""Semgrep AppSec Platform: code and supply chain findings with their triage, from its API."""

from hauberk.parsers import sdk

_DOCS = "https://semgrep.dev/api/v1/docs/"
_GONE = ("fixed", "removed")


@sdk.parser(
    id="semgrep-platform-json",
    scanner="Semgrep",
    title="Semgrep Platform findings",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("findings.item.match_based_id", "findings.item.rule_name"),
        sdk.JsonKeys("findings.item.syntactic_id", "findings.item.location.file_path"),
    ),
    items=sdk.JsonItems("findings.item"),
)
def semgrep_platform(finding: sdk.Json) -> sdk.Findings:
    """The answer of `GET /api/v1/deployments/SLUG/findings`"""
    rule, at, help_ = finding.get("rule") or {}, finding["location"], finding.get("assistant") or {}
    name = sdk.text(finding.get("rule_name")) or rule["name"]
    part = sdk.text(sdk.pick(help_, "component.tag"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=name.rpartition(".")[2],
        severity=sdk.severity(finding.get("severity")),
        severity_reported=sdk.text(finding.get("severity")),
        rule_id=name,
        rule_name=sdk.first(rule.get("vulnerability_classes")),
        description=sdk.first(finding.get("rule_message"), rule.get("message")),
        remediation=sdk.paragraphs(
            sdk.pick(help_, "guidance.summary"),
            sdk.pick(help_, "guidance.instructions"),
            sdk.pick(help_, "autofix.fix_code"),
        ),
        cwes=sdk.cwes(rule.get("cwe_names")),
        locations=(
            sdk.Location(
                path=at.get("file_path"),
                line=sdk.line(at.get("line")),
                end_line=sdk.line(at.get("end_line")),
                column=sdk.line(at.get("column")),
            ),
        ),
        components=(sdk.Component(name=part),) if part else (),
        references=sdk.urls(finding.get("line_of_code_url"), sdk.pick(finding, "external_ticket.url")),
        tags=sdk.texts([*sdk.texts(finding.get("categories")), *sdk.texts(rule.get("owasp_names"))]),
        confidence=sdk.text(finding.get("confidence")),
        stable_id=sdk.text(finding.get("match_based_id")),
        target=sdk.text(sdk.pick(finding, "repository.name")),
        found_at=sdk.timestamp(finding.get("created_at")),
        suppression=_triage(finding),
    )


@sdk.parser(
    id="semgrep-supply-chain-json",
    scanner="Semgrep",
    title="Semgrep Supply Chain API",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("vulns.item.advisory.ruleId", "vulns.item.matchedDependency", "vulns.item.repositoryId"),
        sdk.JsonKeys("hasMore", "cursor", empty=("vulns",)),
    ),
    items=sdk.JsonItems("vulns.item"),
)
def semgrep_supply_chain(vulnerability: sdk.Json) -> sdk.Findings:
    """The answer of the platform's `POST /api/sca/deployments/{id}/vulns`, saved as a file."""
    advisory, place = vulnerability["advisory"], vulnerability["dependencyFileLocation"]
    known = advisory.get("references") or {}
    triage = sdk.text(sdk.pick(vulnerability, "triage.status")) or ""
    dependency = vulnerability["matchedDependency"]
    version = sdk.text(dependency.get("versionSpecifier"))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=vulnerability["title"],
        severity=sdk.severity(advisory.get("severity")),
        severity_reported=sdk.text(advisory.get("severity")),
        rule_id=advisory["ruleId"],
        description=sdk.text(advisory.get("description")),
        identifiers=sdk.identifiers(known.get("cveIds"), known.get("urls")),
        cwes=sdk.cwes(known.get("cweIds")),
        locations=(sdk.Location(path=place.get("path"), line=sdk.line(place.get("startLine"))),),
        components=(
            sdk.Component(
                name=dependency["name"],
                version=version,
                purl=sdk.purl(sdk.text(advisory.get("ecosystem")), dependency["name"], version),
                fixed_versions=sdk.texts(sdk.pick(vulnerability, "closestSafeDependency.versionSpecifier")),
                path=place.get("path"),
            ),
        ),
        references=sdk.urls(known.get("urls"), place.get("url")),
        tags=sdk.texts([vulnerability.get("exposureType"), vulnerability.get("transitivity")]),
        stable_id=sdk.text(vulnerability.get("groupKey")),
        target=sdk.text(vulnerability.get("repositoryName")),
        found_at=sdk.timestamp(vulnerability.get("openedAt")),
        suppression=sdk.suppression(triage in ("IGNORED", "DISMISSED"), justification=triage.lower()),
    )


def _triage(finding: sdk.Json) -> sdk.Suppression | None:
    gone = sdk.first(*(finding.get(key) for key in ("status", "state") if finding.get(key) in _GONE))
    if gone:
        return sdk.Suppression(justification=gone)
    if finding.get("triage_state") != "ignored" and finding.get("status") != "ignored":
        return None
    said = sdk.texts([finding.get("triage_reason"), finding.get("triage_comment")])
    return sdk.Suppression(justification=": ".join(said).replace("_", " ") or None)
