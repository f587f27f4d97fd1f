"""SonarQube and SonarCloud: issues and security hotspots as the web API gives them, page by page or zipped."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sonarqube

_ISSUES = sdk.AnyOf(
    sdk.JsonKeys(
        "issues.item.rule",
        "issues.item.component",
        "issues.item.message",
        absent=("sonarBaseURL", "rulesNotFound", "projectName"),
    ),
    sdk.JsonKeys("paging.pageIndex", "effortTotal", empty=("issues",)),
    sdk.JsonKeys("paging.pageIndex", empty=("issues",)),
)
_HOTSPOTS = sdk.AnyOf(
    sdk.JsonKeys("hotspots.item.vulnerabilityProbability", "hotspots.item.component"),
    sdk.JsonKeys("paging.pageIndex", empty=("hotspots",)),
)
# The message of the Dependency-Check plug-in for SonarQube.
_DEPENDENCY = re.compile(
    r"Filename: (?P<name>[^|]+?)(?::(?P<version>[^:|]+))? \| Reference: (?P<reference>[^|]+?) \| CVSS Score: (?P<score>[\d.]+)"
)


@sdk.parser(
    id="sonarqube-json",
    scanner="SonarQube",
    docs="https://docs.sonarsource.com/sonarqube-server/extension-guide/web-api/",
    kinds=[sdk.SAST, sdk.SCA],
    sniff=sdk.AnyOf(_ISSUES, _HOTSPOTS, sdk.InArchive("*.json", _ISSUES), sdk.InArchive("*.json", _HOTSPOTS)),
    versions="6 and later, SonarCloud",
)
def sonarqube_json(report: sdk.Report) -> sdk.Findings:
    """The answers of `GET /api/issues/search?componentKeys=KEY&additionalFields=_all` or `GET /api/hotspots/search`; several in a ZIP"""
    for page in report.members("*.json") if report.archive is not None else (report,):
        for node in page.json("issues.item", "hotspots.item"):
            read = _issue if node.pattern == "issues.item" else _hotspot
            yield from report.read_one(node, read)


def _issue(issue: sdk.Json) -> sdk.Findings:
    impacts = sdk.texts([impact.get("severity") for impact in sdk.listed(issue.get("impacts"))])
    word = issue.get("severity") or sonarqube.worst(impacts)
    message = sdk.text(issue.get("message")) or issue["rule"]
    dependency = _DEPENDENCY.match(message)
    component = dependency and sdk.Component(name=dependency["name"], version=dependency["version"])
    yield sdk.ReportedFinding(
        kind=sdk.SCA if dependency else sdk.SAST,
        title=f"{dependency['reference']} in {dependency['name']}" if dependency else message,
        severity=sdk.severity(word, sonarqube.SEVERITIES),
        severity_reported=sdk.text(word),
        rule_id=issue["rule"],
        description=message if dependency else None,
        identifiers=sdk.identifiers(message),
        cwes=sdk.cwes(message, issue.get("tags")),
        cvss=sdk.assessments((None, dependency["score"], "Dependency-Check")) if dependency else (),
        locations=_locations(issue),
        components=(component,) if component else (),
        tags=sdk.texts([issue.get("type"), *sdk.texts(issue.get("tags")), *impacts]),
        stable_id=sdk.text(issue.get("key")),
        target=sdk.text(issue.get("project")),
        found_at=sdk.timestamp(issue.get("creationDate")),
        suppression=sonarqube.suppression_of(issue),
    )


def _hotspot(hotspot: sdk.Json) -> sdk.Findings:
    """The list of hotspots (`api/hotspots/list`) says less of each than the search for them."""
    word = hotspot["vulnerabilityProbability"]
    category, rule = (sdk.text(hotspot.get(name)) for name in ("securityCategory", "ruleKey"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(hotspot.get("message")) or ": ".join(sdk.texts(["Security hotspot", category, rule])),
        severity=sdk.severity(word, sonarqube.SEVERITIES),
        severity_reported=sdk.text(word),
        rule_id=rule or category,
        locations=_locations(hotspot),
        tags=sdk.texts(["SECURITY_HOTSPOT", category]),
        stable_id=sdk.text(hotspot.get("key")),
        target=sdk.text(hotspot.get("project")),
        found_at=sdk.timestamp(hotspot.get("creationDate")),
        suppression=sonarqube.suppression_of(hotspot),
    )


def _locations(said: sdk.Json) -> tuple[sdk.Location, ...]:
    """The place of the issue, then the steps of its flows. Who does not name the project has it before the colon."""
    steps = [step for flow in sdk.listed(said.get("flows")) for step in sdk.listed(flow.get("locations"))]
    project = sdk.text(said.get("project")) or said["component"].rpartition(":")[0]
    return tuple(_places([said, *steps], f"{project}:"))


def _places(said: list[sdk.Json], project: str) -> Iterator[sdk.Location]:
    for place in said:
        text_range = place.get("textRange") or {}
        start = sdk.integer(text_range.get("startOffset"))
        yield sdk.Location(
            path=place["component"].removeprefix(project),
            line=sdk.line(place.get("line") or text_range.get("startLine")),
            end_line=sdk.line(text_range.get("endLine")),
            column=None if start is None else start + 1,
        )
