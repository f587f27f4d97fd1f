"""Dawnscanner: known vulnerabilities and weak spots of Ruby web applications."""

from functools import partial

from hauberk.parsers import sdk


@sdk.parser(
    id="dawnscanner-json",
    scanner="Dawnscanner",
    docs="https://github.com/thesp0nge/dawnscanner#usage",
    kinds=[sdk.SCA, sdk.SAST],
    sniff=sdk.JsonKeys("dawn_version"),
    versions="1.x and 2.x",
)
def dawnscanner(report: sdk.Report) -> sdk.Findings:
    """`dawn --json --file dawn.json .`"""
    about = ("dawn_version", "scan_started", "target")
    said = {node.pattern: node.value for node in report.json(*about)}
    yield sdk.ReportHeader(
        tool_version=sdk.text(said.get("dawn_version")), scanned_at=sdk.timestamp(said.get("scan_started"))
    )
    for node in report.json("vulnerabilities.item", "mitigated_vuln.item"):
        read = partial(_vulnerability, is_mitigated=node.pattern.startswith("mitigated"))
        yield from report.read_one(node, read)


def _vulnerability(found: sdk.Json, *, is_mitigated: bool) -> sdk.Findings:
    name = found["name"]
    known = sdk.identifiers(name)
    yield sdk.ReportedFinding(
        kind=sdk.SCA if known else sdk.SAST,
        title=name,
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=name,
        description=sdk.text(found.get("message")),
        remediation=sdk.text(found.get("remediation")),
        identifiers=known,
        cvss=sdk.assessments((None, found.get("cvss_score"), "Dawnscanner")),
        references=sdk.urls(found.get("cve_link")),
        suppression=sdk.suppression(is_mitigated, justification="mitigated"),
    )
