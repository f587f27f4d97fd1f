"""Snyk Open Source, Container and IaC: vulnerabilities of dependencies and images, misconfigurations; one or several projects."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_PROJECT = ("projectName", "displayTargetFile", "targetFile", "packageManager", "path", "docker")
_FLAWS = "vulnerabilities.item"
_MISCONFIGURATIONS = "infrastructureAsCodeIssues.item"
_OF_API = ("issues.vulnerabilities.item", "issues.licenses.item")
_RESULTS = (_FLAWS, "filtered.ignore.item", _MISCONFIGURATIONS, *_OF_API)
_ROOTS = ("", "item.", "applications.item.", "item.applications.item.")
_PROJECT_OF = re.compile(r"\.?(issues\.)?(vulnerabilities|licenses|filtered\.ignore|infrastructureAs\w+)$")

Project = dict[str, sdk.Json]


@sdk.parser(
    id="snyk-json",
    scanner="Snyk",
    docs="https://docs.snyk.io/snyk-cli/commands/test",
    kinds=[sdk.SCA, sdk.CONTAINER, sdk.IAC],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(f"{at}{_FLAWS}.semver", f"{at}{_FLAWS}.identifiers") for at in _ROOTS),
        *(sdk.JsonKeys(f"{root}infrastructureAsCodeIssues.item.publicId") for root in ("", "item.")),
        *(sdk.JsonKeys(f"{root}infrastructureAsCodeIssues", f"{root}ok") for root in ("", "item.")),
        sdk.JsonKeys("ok", "vulnerabilities", "dependencyCount", "packageManager"),
        sdk.JsonKeys("ok", "issues.vulnerabilities", "dependencyCount", "packageManager"),
        sdk.JsonKeys("item.ok", "item.vulnerabilities", "item.dependencyCount"),
    ),
    versions="`snyk test` and `snyk container test`, also with --all-projects or one after another, `snyk iac test`, the API's Test (v1); Snyk Code: use its SARIF",
)
def snyk(report: sdk.Report) -> sdk.Findings:
    """`snyk test --all-projects --json-file-output=snyk.json`, `snyk container test IMAGE --json-file-output=...`"""
    projects: dict[str, Project] = {}  # what a project is called stands after its vulnerabilities
    for node in report.json(*(root + name for root in _ROOTS for name in _PROJECT), many=True):
        projects.setdefault(node.container, {})[node.pattern.rpartition(".")[2]] = node.value
    for project in projects.values():
        yield sdk.ReportHeader(targets=sdk.texts(_target(project)))
    is_one = not any(name.startswith("document") for name in projects)
    root = projects.get("", {}) if is_one else {}
    is_image = "docker" in root
    asset = sdk.text(root.get("path") if is_image else root.get("projectName"))
    yield sdk.ReportHeader(asset=asset, asset_kind="image" if is_image else None)
    for node in report.json(*(root + name for root in _ROOTS for name in _RESULTS), many=True):
        where = _PROJECT_OF.sub("", node.container)
        project = projects.get(where, {})
        outer = projects.get(where.partition("applications")[0].rstrip("."), {})
        is_image = "docker" in project or "docker" in outer
        is_iac = node.pattern.endswith(_MISCONFIGURATIONS)
        read = partial(_misconfiguration, project) if is_iac else partial(_vulnerability, project, is_image)
        yield from report.read_one(node, read)


def _target(project: Project) -> str | None:
    if "docker" in project:
        return sdk.first(project.get("path"), project.get("projectName"))
    return _manifest(project) or sdk.text(project.get("projectName"))


def _manifest(project: Project) -> str | None:
    manifest = sdk.first(project.get("displayTargetFile"), project.get("targetFile"))
    return manifest.replace("\\", "/") if manifest else None


def _vulnerability(project: Project, is_image: bool, said: sdk.Json) -> sdk.Findings:  # noqa: FBT001 — bound first
    name = sdk.first(*(said.get(key) for key in ("packageName", "moduleName", "package"))) or said["name"]
    word = said.get("severityWithCritical") or said.get("severity")
    manager = (said.get("packageManager") or project.get("packageManager") or "").partition(":")[0]
    chain = [_bare(step) for step in sdk.texts(said.get("from") or ())]
    version = sdk.text(said.get("version"))
    named = said.get("identifiers") or {}
    ignored = sdk.pick(said, "filtered.ignored.0")
    exploit = sdk.text(said.get("exploit"))
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_image else sdk.SCA,
        title=f"{said['title']} in {name}",
        severity=sdk.severity(word),
        severity_reported=sdk.text(word),
        rule_id=sdk.text(said["id"]),
        description=sdk.text(said.get("description")),
        remediation=_upgrade(said),
        identifiers=sdk.identifiers(
            said["id"], *(ids for scheme, ids in named.items() if scheme != "CWE"), said.get("alternativeIds")
        ),
        cwes=sdk.cwes(named.get("CWE")) or packages.CWES,
        cvss=_assessments(said),
        epss=sdk.number(sdk.pick(said, "epssDetails.probability")),
        locations=(sdk.Location(path=" > ".join(chain)),) if chain else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(manager, name, version),
                fixed_versions=sdk.texts(said.get("fixedIn")) or sdk.texts(said.get("nearestFixedInVersion")),
                path=_manifest(project),
            ),
        ),
        references=sdk.urls([sdk.pick(each, "url") for each in sdk.listed(said.get("references"))]),
        tags=(f"exploit: {exploit}",) if exploit and exploit not in ("Not Defined", "Unproven") else (),
        suppression=sdk.suppression(ignored, justification=sdk.pick(ignored, "reason")),
        target=_target(project),
    )


def _misconfiguration(project: Project, said: sdk.Json) -> sdk.Findings:
    """Where in the file: the keys that lead there; the line is 0 or missing where Snyk could not tell."""
    about = said.get("iacDescription") or said
    keys = " > ".join(sdk.texts(said.get("path") or said.get("cloudConfigPath") or ()))
    line = sdk.line(said.get("lineNumber"))
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=said["title"],
        severity=sdk.severity(said.get("severity")),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=sdk.text(said.get("publicId")) or said["id"],
        rule_name=sdk.text(said.get("subType")),
        description=sdk.paragraphs(about.get("issue"), about.get("impact")),
        remediation=sdk.text(about.get("resolve")),
        locations=(sdk.Location(path=_manifest(project), line=line, resource=sdk.text(keys)),),
        references=sdk.urls(said.get("documentation"), said.get("references")),
        suppression=sdk.suppression(said.get("isIgnored") is True),
        target=_target(project),
    )


def _bare(step: str) -> str:
    """`@babel/core@7.8.3` without its version, so that the path holds when versions move."""
    return step.rpartition("@")[0] or step


def _upgrade(said: sdk.Json) -> str | None:
    steps = sdk.texts([step for step in sdk.listed(said.get("upgradePath")) if step])
    return f"Upgrade to {steps[0]}." if steps else None


def _assessments(said: sdk.Json) -> tuple[sdk.Cvss, ...]:
    others = (
        (each.get("cvssV3Vector"), each.get("cvssV3BaseScore"), sdk.text(each.get("assigner")))
        for each in sdk.listed(said.get("cvssDetails"))
    )
    newer = (
        (each.get("vector"), each.get("baseScore"), sdk.text(each.get("assigner")))
        for each in sdk.listed(said.get("cvssSources"))
    )
    return sdk.assessments((said.get("CVSSv3"), said.get("cvssScore"), "Snyk"), *newer, *others)
