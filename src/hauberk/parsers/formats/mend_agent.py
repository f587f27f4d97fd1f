"""Mend's (WhiteSource's) agent and its old API: known vulnerabilities of libraries."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import mend


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
    paths = sdk.texts([file.get("localPath") for file in sdk.listed(said.get("sourceFiles"))])
    yield mend.finding(
        library, said, paths=paths or sdk.texts(sdk.pick(library, "references.dependencyFile"))
    )
