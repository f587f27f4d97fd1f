"""dotnet list package: NuGet packages of .NET projects with known vulnerabilities."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://learn.microsoft.com/en-us/dotnet/core/tools/dotnet-package-list"
_PROJECT = re.compile(r"^.*[`'](?P<name>[^`'\n]+)[`'] has (?P<none>no|the following) vulnerable packages.*")
_FRAMEWORK = re.compile(r"\s+\[(?P<name>[^\]]+)\]:\s*")
_GROUPS = {"Top-level Package": "topLevelPackages", "Transitive Package": "transitivePackages"}


@sdk.parser(
    id="dotnet-vulnerable-json",
    scanner=".NET vulnerable packages",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("version", "projects", values={"parameters": ".*--vulnerable.*"}),
        sdk.JsonKeys("version", "parameters", "projects.item.frameworks.item.framework"),
        sdk.JsonKeys("projects.item.frameworks.item.topLevelPackages.item.vulnerabilities.item.advisoryurl"),
    ),
    items=sdk.JsonItems("projects.item"),
    versions="version 1 of the JSON output (SDK 7.0.200 and later)",
)
def dotnet_vulnerable(project: sdk.Json) -> sdk.Findings:
    """`dotnet list package --vulnerable --include-transitive --format json > vulnerable.json`"""
    yield sdk.ReportHeader(targets=sdk.texts(project["path"]))
    for framework in sdk.listed(project.get("frameworks")):
        for group in ("topLevelPackages", "transitivePackages"):
            for package in sdk.listed(framework.get(group)):
                for said in sdk.listed(package.get("vulnerabilities")):
                    yield _vulnerability(project["path"], framework["framework"], group, package, said)


@sdk.parser(
    id="dotnet-vulnerable-text",
    scanner=".NET vulnerable packages",
    title=".NET vulnerable packages, as a table",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.TextLines(_PROJECT.pattern),
    versions="SDK 5 and later, in English",
)
def dotnet_vulnerable_text(report: sdk.Report) -> sdk.Findings:
    """`dotnet list package --vulnerable --include-transitive > vulnerable.txt`"""
    project, framework, group, package = "", "", "topLevelPackages", [""]
    for node in report.lines():
        if named := _PROJECT.fullmatch(node.value):
            project = named["name"]
            yield sdk.ReportHeader(targets=sdk.texts(project))
        elif found := _FRAMEWORK.fullmatch(node.value):
            framework = found["name"]
        elif known := next((value for name, value in _GROUPS.items() if name in node.value), None):
            group = known
        elif (words := node.value.split()) and words[-1].startswith("http") and len(words) > 1:
            told = [word for word in words[1:-2] if word != "(A)"]  # without, it is one more of the last
            package = told if words[0] == ">" and told else package
            about = {"id": package[0], "resolvedVersion": package[-1] if len(package) > 1 else None}
            said = {"severity": words[-2], "advisoryurl": words[-1]}
            yield from sdk.each([said], partial(_advised, project, framework, group, about), node.position)


def _advised(project: str, framework: str, group: str, package: sdk.Json, said: sdk.Json) -> sdk.Findings:
    yield _vulnerability(project, framework, group, package, said)


def _vulnerability(
    path: str, framework: str, group: str, package: sdk.Json, said: sdk.Json
) -> sdk.ReportedFinding:
    name, version = package["id"], sdk.text(package.get("resolvedVersion"))
    url, word = said["advisoryurl"], sdk.text(said.get("severity"))
    identifiers = sdk.identifiers(url)
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(sdk.first(identifiers) or "Known vulnerability", name, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.first(identifiers) or url,
        identifiers=identifiers,
        locations=(sdk.Location(path=path),),
        components=(
            sdk.Component(name=name, version=version, purl=sdk.purl("nuget", name, version), path=path),
        ),
        references=sdk.urls(url),
        tags=sdk.texts([framework, "direct" if group == "topLevelPackages" else "transitive"]),
        target=path,
    )
