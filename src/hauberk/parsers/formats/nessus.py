"""Nessus and Tenable: host and network vulnerabilities, as the `.nessus` file. A plug-in's CVEs stay together.

All checks of an audit file are results of one plug-in (`Unix Compliance Checks`): there the check is the rule.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cpe, tenable

_ASSESSMENTS = (
    ("cvss4_vector", "cvss4_base_score", "4.0"),
    ("cvss3_vector", "cvss3_base_score", "3.0"),
    ("cvss_vector", "cvss_base_score", "2.0"),
)


@sdk.parser(
    id="nessus-xml",
    scanner="Nessus",
    title="Nessus (.nessus)",
    docs="https://docs.tenable.com/nessus/Content/NessusFileFormat.htm",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("NessusClientData_v2"),
    repeats_over="hosts and ports",
    versions="version 2 of the .nessus file: Nessus 4 and later, Tenable.io, Tenable.sc",
)
def nessus_xml(report: sdk.Report) -> sdk.Findings:
    """In the scan: Export → Nessus. Tenable.io: Export → Nessus; Tenable.sc: Scan Results → Download → .nessus"""
    last: datetime | None = None
    ids: tuple[str, ...] = ()
    for node in report.xml("Report/ReportHost/HostProperties", "Report/ReportHost/ReportItem"):
        host = sdk.text(node.value.getparent().get("name"))
        if node.pattern == "Report/ReportHost/ReportItem":
            yield from report.read_one(node, partial(_item, host, ids))
            continue
        said = {tag.get("name"): tag.text for tag in node.value}
        ids = sdk.machine(
            said.get("host-ip"),
            mac=(said.get("mac-address") or "").split(),
            uuid=said.get("bios-uuid"),
            cloud=said.get("aws-instance-instance-id"),
        )
        ended = sdk.timestamp(said.get("HOST_END_TIMESTAMP")) or sdk.timestamp(said.get("HOST_END"))
        last = max(filter(None, (last, ended)), default=None)
        yield sdk.ReportHeader(targets=sdk.texts(host))
    yield sdk.ReportHeader(scanned_at=last)


def _item(host: str | None, ids: tuple[str, ...], item: sdk.XmlElement) -> sdk.Findings:
    said = sdk.child_texts(item)
    crossed = " ".join(_all(item, "xref"))
    port = sdk.port(item.get("port"))
    name = item.get("pluginName") or said.get("plugin_name")
    plugin, check = item.get("pluginID") or name, said.get("compliance-check-name")
    if item.get("pluginID") == "19506":  # Nessus Scan Information
        version = next(
            (line for line in (said.get("plugin_output") or "").splitlines() if "Nessus version" in line), ""
        )
        yield sdk.ReportHeader(tool_version=sdk.text(version.partition(":")[2].partition("(")[0]))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=check or name or said["synopsis"] or "",
        severity=sdk.severity(item.get("severity"), tenable.SEVERITIES),
        severity_reported=sdk.text(item.get("severity")),
        rule_id=": ".join(sdk.texts([plugin, check])) or None,
        rule_name=name if check else sdk.text(said.get("fname")),
        description=tenable.joined(
            said.get("synopsis"), said.get("compliance-info") or said.get("description")
        ),
        remediation=tenable.joined(said.get("solution"), said.get("compliance-solution")),
        identifiers=sdk.identifiers(_all(item, "cve")),
        cwes=sdk.cwes(_all(item, "cwe"), crossed),
        cvss=sdk.assessments(*_cvss(said)),
        epss=sdk.number(said.get("epss_score")),
        known_exploited=tenable.is_known_exploited(crossed),
        locations=(
            sdk.Location(
                host=host,
                host_ids=ids,
                port=port,
                protocol=sdk.text(item.get("protocol")),
                evidence=sdk.first(said.get("plugin_output"), said.get("compliance-actual-value")),
            ),
        ),
        components=tuple(cpe.software(" ".join(_all(item, "cpe")))),
        references=sdk.urls(
            *((said.get(each) or "").split() for each in ("see_also", "compliance-see-also"))
        ),
        tags=sdk.texts([item.get("pluginFamily"), *sdk.parts(said.get("compliance-reference"))]),
        suppression=tenable.suppression_of_check(said.get("compliance-result")),
        target=host,
    )


def _all(item: sdk.XmlElement, tag: str) -> tuple[str, ...]:
    return sdk.texts([child.text for child in item.iterfind(tag)])


def _cvss(said: dict[str, str | None]) -> Iterator[sdk.Rating]:
    for vector, score, version in _ASSESSMENTS:
        yield said.get(vector), said.get(score), "Tenable", version
