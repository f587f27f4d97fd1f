"""Mend (WhiteSource): known vulnerabilities of libraries, from its platform's API, its old API and its agent."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_VERSION = re.compile(r"(?:^|[\s@:/-])v?(\d+(?:\.[\w+-]+)+)")
# The library types of its API; those that name their package in the group.
_ECOSYSTEMS = {
    "NODE_PACKAGED_MODULE": "npm", "JAVA_ARCHIVE": "maven", "MAVEN_ARTIFACT": "maven", "GO_PACKAGE": "golang",
    "PYTHON_PACKAGE": "pypi", "NUGET_PACKAGE_MODULE": "nuget", "DOT_NET_ASSEMBLY": "nuget", "RUBY_GEM": "gem",
    "PHP_PACKAGE": "composer", "RUST_CRATE": "cargo", "DEBIAN_PACKAGE": "deb", "RPM_PACKAGE": "rpm",
    "ALPINE_PACKAGE": "apk",
}  # fmt: skip
_NAMED_BY_GROUP = ("npm", "golang")
_CLOSED = (
    "IGNORED",
    "SUPPRESSED",
    "RESOLVED",
    "FIXED",
    "REMOVED",
    "LIBRARY_REMOVED",
    "IN_HOUSE",
    "LIBRARY_IN_HOUSE",
    "LIBRARY_WHITELIST",
)


@sdk.parser(
    id="mend-json",
    scanner="Mend",
    docs="https://docs.mend.io/platform/latest/get-project-security-findings",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("supportToken", "response", "additionalData"),
        sdk.JsonKeys("response.item.findingInfo", "response.item.component"),
        sdk.JsonKeys("retVal.item.alertInfo", "retVal.item.component", "retVal.item.vulnerability"),
        sdk.JsonKeys("supportToken", "additionalData", empty=("retVal",)),
    ),
    versions="Mend Platform API 2.0 (`/api/v2.0/projects/TOKEN/alerts/security`) and 3.0",
)
def mend(report: sdk.Report) -> sdk.Findings:
    """`GET /api/v3.0/projects/UUID/dependencies/findings/security?limit=10000`"""
    yield from report.read(report.json("response.item", "retVal.item"), _of_platform)


def _of_platform(said: sdk.Json) -> sdk.Findings:
    info = said.get("findingInfo") or said.get("alertInfo") or {}
    status, comment = sdk.text(info.get("status")), sdk.text(sdk.pick(info, "comment.comment"))
    known = {**said["vulnerability"], **{key: said.get(key) for key in ("topFix", "scoreMetadataVector")}}
    yield _finding(
        said["component"],
        known,
        paths=_files(said["component"]),
        epss=sdk.number(sdk.pick(said, "threatAssessment.epssPercentage")),
        tags=("exploitable",) if str(said.get("exploitable")).lower() == "true" else (),
        stable_id=sdk.text(said.get("uuid")),
        target=sdk.text(sdk.pick(said, "project.name")),
        found_at=sdk.timestamp(info.get("detectedAt")),
        suppression=sdk.Suppression(justification=": ".join(sdk.texts([status, comment])))
        if status in _CLOSED
        else None,
    )


@sdk.parser(
    id="mend-agent-json",
    scanner="Mend",
    title="Mend Unified Agent and API 1.x",
    docs="https://docs.mend.io/legacy-sca/latest/http-api-v1-3",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("projectVitals", "libraries"),
        sdk.JsonKeys("libraries.item.keyUuid", "libraries.item.vulnerabilities"),
        sdk.JsonKeys("libraries.item.artifactId", "libraries.item.vulnerabilities"),
        sdk.JsonKeys(
            "vulnerabilities.item.library", "vulnerabilities.item.name", "vulnerabilities.item.topFix"
        ),
        sdk.JsonKeys("vulnerabilities.item.library.keyUuid"),
        sdk.JsonKeys("alerts.item.library", "alerts.item.level", "alerts.item.type"),
    ),
    versions="the agent's `scan_report.json`, `getProjectRiskReport`, `getProjectVulnerabilityReport` and `getProjectAlerts`",
)
def mend_agent(report: sdk.Report) -> sdk.Findings:
    """`java -jar wss-unified-agent.jar -generateScanReport true`, or `getProjectVulnerabilityReport` of API 1.3"""
    for node in report.json("libraries.item", "vulnerabilities.item", "alerts.item", "projectVitals"):
        if node.pattern == "projectVitals":
            yield sdk.ReportHeader(
                asset=sdk.text(node.value.get("name")),
                scanned_at=sdk.timestamp(node.value.get("lastUpdatedDate")),
            )
        elif node.pattern == "libraries.item":
            listed = node.value.get("vulnerabilities")
            yield from sdk.each(listed, partial(_of_library, node.value), node.position)
        elif node.pattern == "alerts.item":
            yield from report.read_one(node, _alert)
        else:
            yield from report.read_one(node, lambda said: _of_library(said["library"], said))


def _alert(alert: sdk.Json) -> sdk.Findings:
    """Alerts about licences and old versions have no vulnerability."""
    if alert.get("vulnerability"):
        yield from _of_library(alert["library"], alert["vulnerability"])


def _of_library(library: sdk.Json, said: sdk.Json) -> sdk.Findings:
    paths = sdk.texts([file.get("localPath") for file in said.get("sourceFiles") or ()])
    yield _finding(library, said, paths=paths or sdk.texts(sdk.pick(library, "references.dependencyFile")))


def _finding(
    library: sdk.Json, said: sdk.Json, *, paths: tuple[str, ...], **more: Any
) -> sdk.ReportedFinding:
    identifier, version = said["name"], sdk.text(library.get("version"))
    word = sdk.text(said.get("cvss3_severity")) or sdk.text(said.get("severity"))
    ecosystem = _ECOSYSTEMS.get(str(library.get("libraryType") or library.get("type")).upper())
    group, artifact = sdk.text(library.get("groupId")), sdk.text(library.get("artifactId"))
    name = (group if ecosystem in _NAMED_BY_GROUP else artifact) or artifact or library["name"]
    score = said.get("cvss3_score") or said.get("score")
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(identifier, name, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=identifier,
        description=sdk.text(said.get("description")),
        remediation=sdk.text(said.get("fixResolutionText"))
        or sdk.text(sdk.pick(said, "topFix.fixResolution")),
        identifiers=sdk.identifiers(identifier) or (identifier,),
        cwes=packages.CWES,
        cvss=sdk.assessments((said.get("scoreMetadataVector"), score, "Mend")),
        locations=tuple(sdk.Location(path=path) for path in paths),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version, namespace=group if ecosystem == "maven" else None),
                fixed_versions=sdk.texts(list(_fixed(said.get("topFix") or {}))),
                path=next(iter(paths), None),
            ),
        ),
        references=sdk.urls(said.get("url"), sdk.pick(said, "topFix.url"), _links(said.get("references"))),
        **more,
    )


def _files(component: sdk.Json) -> tuple[str, ...]:
    """Version 3.0 names one file, 2.0 each place where the library lies, and the manifest that asks for it."""
    places = [component, *(component.get("libraryLocations") or ())]
    named = [
        sdk.first(place.get("path"), place.get("dependencyFile"), place.get("localPath")) for place in places
    ]
    return sdk.texts(named)


def _fixed(fix: sdk.Json) -> Iterator[str]:
    if str(fix.get("type")).startswith("UPGRADE"):
        yield from _VERSION.findall(sdk.text(fix.get("fixResolution")) or "")


def _links(references: Any) -> list[Any]:
    return [each.get("url") for each in references or () if isinstance(each, dict)]
