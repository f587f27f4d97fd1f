"""dotnet list package: NuGet packages of .NET projects with known vulnerabilities."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="dotnet-vulnerable-json",
    scanner=".NET vulnerable packages",
    docs="https://learn.microsoft.com/en-us/dotnet/core/tools/dotnet-package-list",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("version", "projects", values={"parameters": ".*--vulnerable.*"}),
        sdk.JsonKeys("version", "parameters", "projects.item.frameworks.item.framework"),
    ),
    items=sdk.JsonItems("projects.item"),
    versions="version 1 of the JSON output (SDK 7.0.200 and later)",
)
def dotnet_vulnerable(project: sdk.Json) -> sdk.Findings:
    """`dotnet list package --vulnerable --include-transitive --format json > vulnerable.json`"""
    yield sdk.ReportHeader(targets=sdk.texts(project["path"]))
    for framework in project.get("frameworks") or ():
        for group in ("topLevelPackages", "transitivePackages"):
            for package in framework.get(group) or ():
                for said in package.get("vulnerabilities") or ():
                    yield _vulnerability(project["path"], framework["framework"], group, package, said)


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
