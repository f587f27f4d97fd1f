"""Checkmarx SCA: the scan report of a project with its packages and what is known of them."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkmarx, packages

_ROOT, _KNOWN = "RiskReportSummary", "Vulnerabilities.item"


@sdk.parser(
    id="checkmarx-sca-json",
    scanner="Checkmarx SCA",
    docs="https://docs.checkmarx.com/en/34965-145615-checkmarx-sca--rest--api---export-service.html",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("RiskReportSummary.RiskReportId", "RiskReportSummary.ProjectName"),
        sdk.JsonKeys("Vulnerabilities.item.CveName", "Vulnerabilities.item.PackageId"),
    ),
)
def checkmarx_sca(report: sdk.Report) -> sdk.Findings:
    """A scan's *Export*, *Scan Report*, format JSON, with packages and vulnerabilities (*Risks*)"""
    known: dict[sdk.Json, sdk.Json] = {}
    for node in report.json(_ROOT, "Packages.item"):
        if node.pattern == _ROOT:
            yield sdk.ReportHeader(
                asset=sdk.text(node.value.get("ProjectName")),
                scanned_at=sdk.timestamp(node.value.get("CreatedOn")),
            )
        else:
            known[sdk.pick(node.value, "Id")] = node.value
    yield from report.read(report.json(_KNOWN), partial(_vulnerability, known))


def _vulnerability(known: dict[sdk.Json, sdk.Json], said: sdk.Json) -> sdk.Findings:
    component = _component(known.get(said["PackageId"]) or {}, said)
    rule = sdk.first(said.get("CveName"), said.get("Id"))
    word = sdk.text(said.get("Severity"))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(rule, component.name, component.version),
        severity=sdk.severity(word, checkmarx.SEVERITIES),
        severity_reported=word,
        rule_id=rule,
        description=sdk.text(said.get("Description")),
        remediation=sdk.text(said.get("Recommendations")),
        identifiers=sdk.identifiers(rule, said.get("Id")),
        cwes=sdk.cwes(said.get("Cwe")) or packages.CWES,
        cvss=sdk.assessments(
            (None, said.get("Score"), "Checkmarx", sdk.text(sdk.pick(said, "Cvss.Version")))
        ),
        components=(component,),
        references=sdk.urls(said.get("References")),
        suppression=_suppression(said),
        found_at=sdk.timestamp(said.get("FirstFoundAt")),
    )


def _component(package: sdk.Json, said: sdk.Json) -> sdk.Component:
    name = sdk.first(package.get("Name"), said.get("PackageName")) or said["PackageId"]
    version = sdk.first(package.get("Version"), said.get("PackageVersion"))
    ecosystem = sdk.first(package.get("PackageRepository"), said.get("PackageManager"))
    return sdk.Component(
        name=name,
        version=version,
        purl=sdk.purl(ecosystem, name, version),
        fixed_versions=sdk.texts(said.get("FixResolutionText")),
        path=sdk.first(package.get("Locations")),
    )


def _suppression(said: sdk.Json) -> sdk.Suppression | None:
    if said.get("IsIgnored") is True:
        return sdk.Suppression(justification="ignored")
    return checkmarx.suppression_of(said.get("State"))
