"""Xygeni: weaknesses in code and infrastructure as code, leaked secrets, misconfigurations, malware, vulnerable packages."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, secrets

_SCANS = r"sast|quality|malware|secrets|iac|misconf|deps|apisec|ai"
_OTHER = "*.item"
_ISSUES = {  # the list that a scan leaves, and what its results are
    "vulnerabilities.item": sdk.SAST,
    "evidences.item": sdk.SAST,
    "flaws.item": sdk.IAC,
    "misconfigurations.item": sdk.IAC,
}
_METHODS = {"CVSSV2": "2.0", "CVSSV3": "3.0", "CVSSV31": "3.1", "CVSSV4": "4.0"}


@sdk.parser(
    id="xygeni-json",
    scanner="Xygeni",
    docs="https://docs.xygeni.io/xygeni-scanner-cli/xygeni-cli-overview/output-formats",
    kinds=[sdk.SAST, sdk.SECRET, sdk.SCA, sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("metadata.uuid", values={"metadata.format": r"[a-z][\w-]*-xygeni"}),
        sdk.JsonKeys("metadata.uuid", "metadata.reportProperties", values={"metadata.scanType": _SCANS}),
    ),
)
def xygeni(report: sdk.Report) -> sdk.Findings:
    """`xygeni sast --format json --output sast.json`; `secrets`, `deps`, `iac`, `misconf`, `quality`, `malware`, `apisec` and `ai` likewise"""
    readers = {path: partial(_issue, kind) for path, kind in _ISSUES.items()}
    others = {"metadata": _header, "secrets.item": _secret, "dependencies.item": _dependency, _OTHER: _other}
    for node in report.json(*others, *readers):
        yield from report.read_one(node, others.get(node.pattern) or readers[node.pattern])


def _header(said: sdk.Json) -> sdk.Findings:
    yield sdk.ReportHeader(
        tool_version=sdk.text((said.get("reportProperties") or {}).get("tool.version")),
        scanned_at=sdk.timestamp(said.get("timestamp")),
        asset=sdk.text(said.get("projectName")),
        ref=(sdk.text(sdk.pick(said, "scm.branch")) or "").removeprefix("origin/") or None,
    )


def _place(said: sdk.Json, *, shows_code: bool = True) -> sdk.Location:
    at = said.get("location") or {}
    return sdk.Location(
        path=sdk.text(at.get("filepath")),
        line=sdk.line(at.get("beginLine")),
        end_line=sdk.line(at.get("endLine")),
        column=sdk.line(at.get("beginColumn")),
        symbol=sdk.text(said.get("container")),
        resource=sdk.text(said.get("resource")),
        snippet=sdk.text(at.get("code")) if shows_code else None,
    )


def _other(found: sdk.Json) -> sdk.Findings:
    """The lists of newer scans (`apisec`, `ai`) go by their own names; an issue has a number and its detector."""
    if isinstance(found, dict) and found.keys() >= {"issueId", "detector", "severity"}:
        yield from _issue(sdk.SAST, found)


def _issue(kind: sdk.FindingKind, found: sdk.Json) -> sdk.Findings:
    flow = sdk.pick(found, "codeFlows.0.frames") or ()  # the first way that data takes to the place
    yield sdk.ReportedFinding(
        kind=kind,
        title=found["detector"].rpartition(".")[2].replace("_", " "),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["detector"],
        rule_name=sdk.first(found.get("kind"), found.get("type")),
        description=sdk.first(found.get("explanation"), found.get("description")),
        cwes=sdk.cwes(found.get("cwes"), found.get("cwe")),
        locations=(_place(found), *map(_place, flow)) if found.get("location") else (),
        references=sdk.urls(found.get("url")),
        tags=sdk.texts(
            [*(found.get(name) for name in ("language", "framework", "provider")), *(found.get("tags") or ())]
        ),
        confidence=sdk.text(found.get("confidence")),
        stable_id=sdk.text(found.get("uniqueHash")),
    )


def _secret(found: sdk.Json) -> sdk.Findings:
    """The value is masked in the report; it stays where it is."""
    place = _place(found, shows_code=False)
    named = sdk.first(found.get("description"), found.get("type")) or found["detector"]
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{named} in {place.path}" if place.path else named,
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["detector"],
        rule_name=sdk.text(found.get("type")),
        cwes=secrets.CWES,
        locations=(place,),
        references=sdk.urls(found.get("url")),
        tags=sdk.texts(found.get("tags")),
        confidence=sdk.text(found.get("confidence")),
        stable_id=sdk.text(found.get("uniqueHash")),
    )


def _dependency(package: sdk.Json) -> sdk.Findings:
    yield from sdk.each(package.get("vulnerabilities"), partial(_vulnerability, package), "vulnerabilities")


def _vulnerability(package: sdk.Json, said: sdk.Json) -> sdk.Findings:
    """An affected range that ends before a version ends with its fix."""
    name, group = package["name"], sdk.text(package.get("group"))
    version = sdk.text(package.get("version"))
    known, ecosystem = said["id"], sdk.text(package.get("repositoryType"))
    separator = ":" if ecosystem == "maven" else "/"
    full = f"{group}{separator}{name}" if group and group != name else name
    at = sdk.pick(package, "paths.locations.0")
    path = sdk.first(sdk.pick(at, "filepath"), package.get("fileName"))
    ends = [
        each.get("endVersion") for each in sdk.listed(said.get("versions")) if each.get("versionEndExcluded")
    ]
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(known, full, version),
        severity=sdk.severity(said.get("severity")),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=known,
        description=sdk.text(said.get("description")),
        identifiers=sdk.identifiers(known, said.get("cve"), said.get("name")) or (known,),
        cwes=sdk.cwes(said.get("cwes")) or packages.CWES,
        cvss=sdk.assessments(*_assessments(said)),
        locations=(sdk.Location(path=path, line=sdk.line(sdk.pick(at, "beginLine"))),) if path else (),
        components=(
            sdk.Component(
                name=full,
                version=version,
                purl=sdk.purl(ecosystem, full, version),
                fixed_versions=sdk.texts(ends),
                path=path,
            ),
        ),
        references=sdk.urls(sdk.pick(said, "source.url"), said.get("references")),
        tags=sdk.texts([package.get("scope"), *(package.get("tags") or ())]),
    )


def _assessments(said: sdk.Json) -> Iterator[sdk.Rating]:
    for each in sdk.listed(said.get("ratings")):
        yield each.get("vector"), each.get("score"), "Xygeni", _METHODS.get(str(each.get("method")))
