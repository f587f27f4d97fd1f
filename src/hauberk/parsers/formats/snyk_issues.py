"""Snyk: the issues of an organization or group, from its REST API."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_KINDS = {"code": sdk.SAST, "config": sdk.IAC, "cloud": sdk.CLOUD}
_LANGUAGE = re.compile(r"SNYK-([A-Z]+)")
_ECOSYSTEMS = {
    "JS": "npm",
    "PYTHON": "pypi",
    "JAVA": "maven",
    "DOTNET": "nuget",
    "RUBY": "gem",
    "PHP": "composer",
    "GOLANG": "golang",
    "RUST": "cargo",
    "HEX": "hex",
    "SWIFT": "swift",
    "COCOAPODS": "cocoapods",
}


@sdk.parser(
    id="snyk-issues-json",
    scanner="Snyk",
    title="Snyk issues (REST API)",
    docs="https://docs.snyk.io/snyk-api/reference/issues",
    kinds=[sdk.SCA, sdk.SAST, sdk.IAC, sdk.CLOUD],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "jsonapi", "data.item.attributes.effective_severity_level", "data.item.attributes.coordinates"
        ),
        sdk.JsonKeys("data.item.attributes.problems", "data.item.attributes.effective_severity_level"),
        sdk.JsonKeys(
            "jsonapi", values={"links.self": r"(?:https://[^/]+)?/rest/.+/issues\b.*"}, empty=("data",)
        ),
    ),
    items=sdk.JsonItems("data.item"),
    versions="REST API 2024-01-23 and later",
)
def snyk_issues(issue: sdk.Json) -> sdk.Findings:
    """`GET /rest/orgs/ID/issues?version=2024-10-15&limit=100`"""
    said = issue["attributes"]
    kind = _KINDS.get(said["type"], sdk.SCA)
    word, problems = said.get("effective_severity_level"), said.get("problems") or ()
    places = [
        place
        for where in sdk.listed(said.get("coordinates"))
        for place in sdk.listed(where.get("representations"))
    ]
    components = tuple(
        _component(place["dependency"], said["key"]) for place in places if place.get("dependency")
    )
    title = said["title"]
    yield sdk.ReportedFinding(
        kind=kind,
        title=packages.title(title, components[0].name, components[0].version) if components else title,
        severity=sdk.severity(word),
        severity_reported=sdk.text(word),
        rule_id=said["key"] if kind is sdk.SCA else sdk.text(sdk.pick(problems, "0.id")) or said["key"],
        description=sdk.text(said.get("description")),
        remediation=_remedy(said.get("coordinates") or ()),
        identifiers=sdk.identifiers([problem.get("id") for problem in problems]),
        cwes=sdk.cwes(
            [each.get("id") for each in sdk.listed(said.get("classes")) if each.get("source") == "CWE"]
        ),
        cvss=sdk.assessments(*_assessments(said)),
        known_exploited=True if "CISA" in sdk.texts(sdk.pick(said, "exploit_details.sources")) else None,
        locations=tuple(_location(place, kind) for place in places),
        components=components,
        references=sdk.urls([problem.get("url") for problem in problems]),
        tags=sdk.texts([where.get("reachability") for where in sdk.listed(said.get("coordinates"))]),
        stable_id=sdk.text(issue.get("id")),
        suppression=_suppression(said),
        target=sdk.text(sdk.pick(issue, "relationships.scan_item.data.id")),
        found_at=sdk.timestamp(said.get("created_at")),
    )


def _assessments(said: sdk.Json) -> Iterator[sdk.Rating]:
    for each in sdk.listed(said.get("severities")):
        source, version = sdk.text(each.get("source")), sdk.text(each.get("version"))
        yield each.get("vector"), each.get("score"), source, version


def _location(place: sdk.Json, kind: sdk.FindingKind) -> sdk.Location:
    source, dependency = place.get("sourceLocation") or {}, place.get("dependency") or {}
    package = dependency.get("package_name") if kind is sdk.SCA else None
    resource = place.get("resourcePath") or sdk.pick(place, "cloud_resource.resource.native_id")
    return sdk.Location(
        path=sdk.text(source.get("file")),
        line=sdk.line(sdk.pick(source, "region.start.line")),
        end_line=sdk.line(sdk.pick(source, "region.end.line")),
        column=sdk.line(sdk.pick(source, "region.start.column")),
        commit=sdk.text(source.get("commit_id")),
        resource=sdk.first(resource, package),
    )


def _component(said: sdk.Json, key: str) -> sdk.Component:
    """The ecosystem is told by the problem's key only: `SNYK-PYTHON-PILLOW-6219984`."""
    name, version = said["package_name"], sdk.text(said.get("package_version"))
    match = _LANGUAGE.match(key)
    language = match[1] if match else ""
    return sdk.Component(
        name=name, version=version, purl=sdk.purl(_ECOSYSTEMS.get(language, language), name, version)
    )


def _remedy(coordinates: sdk.Json) -> str | None:
    said = [
        remedy.get("description") for where in coordinates for remedy in sdk.listed(where.get("remedies"))
    ]
    return sdk.first(said)


def _suppression(said: sdk.Json) -> sdk.Suppression | None:
    if said.get("ignored") is True:
        return sdk.Suppression(justification="ignored")
    return sdk.suppression(said.get("status") == "resolved", justification="resolved")
