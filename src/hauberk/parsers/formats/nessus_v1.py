"""Nessus 3 and 4.0: the first `.nessus` file. All that a check says is one text, with the identifiers in lines of their own."""

import re
from datetime import datetime
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import tenable

_HOST = "Report/ReportHost"
_PORT = re.compile(r"(?:(?P<name>[^()]+?) \()?(?P<port>\d+|general)/(?P<protocol>\w+)\)?")
_HEADING = re.compile(r"^([A-Z][A-Za-z ]{2,30}) ?: *$", re.MULTILINE)  # `Synopsis :` on a line of its own
_SCORE = re.compile(r"\bCVSS(?: Base)? Score\s*:\s*(?P<score>[\d.]+)\s*\(CVSS2#(?P<vector>[^)]+)\)")
_NAMED = re.compile(r"^(?:CVE|Other references|BID) : (.+)$", re.MULTILINE)  # `CVE : CVE-2010-1234`
_TELLING = ("Synopsis", "Description")


@sdk.parser(
    id="nessus-xml-v1",
    scanner="Nessus",
    title="Nessus (.nessus, first version)",
    docs="https://docs.tenable.com/nessus/Content/NessusFileFormat.htm",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("NessusClientData"),
    repeats_over="hosts and ports",
    versions="version 1 of the .nessus file: NessusClient 3 and 4.0",
)
def nessus_v1(report: sdk.Report) -> sdk.Findings:
    """In NessusClient: Report → Export → .nessus; Nessus 4.2 and later exports this version as “.nessus (v1)”"""
    last: datetime | None = None
    for node in report.xml(f"{_HOST}/ReportItem", _HOST):
        if node.pattern == _HOST:
            yield sdk.ReportHeader(targets=sdk.texts(node.value.findtext("HostName")))
            ended = sdk.timestamp(node.value.findtext("stopTime"))
            last = max(filter(None, (last, ended)), default=None)
            continue
        host = node.value.getparent()
        name = sdk.text(host.findtext("HostName"))
        ids = sdk.machine(name, mac=host.findtext("mac_addr"))
        yield from report.read_one(node, partial(_item, name, ids))
    yield sdk.ReportHeader(scanned_at=last)


def _item(host: str | None, ids: tuple[str, ...], item: sdk.XmlElement) -> sdk.Findings:
    said = sdk.child_texts(item)
    data = (said.get("data") or "").replace("\\n", "\n")
    first, *parts = _HEADING.split(_NAMED.sub("", data))
    told = {name.strip(): sdk.text(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    about = [told.get(name) for name in _TELLING] if told else [first]
    port, score = _PORT.match(said.get("port") or ""), _SCORE.search(data)
    identity, named = said["pluginID"], _NAMED.findall(data)
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=said.get("pluginName") or f"Nessus check {identity}",
        severity=sdk.severity(said.get("severity"), tenable.SEVERITIES),
        severity_reported=said.get("severity"),
        rule_id=identity,
        description=tenable.joined(*about),
        remediation=told.get("Solution"),
        identifiers=sdk.identifiers(named),
        cwes=sdk.cwes(" ".join(named)),
        cvss=sdk.assessments((score["vector"], score["score"], "Tenable", "2.0")) if score else (),
        locations=(
            sdk.Location(
                host=host,
                host_ids=ids,
                port=sdk.port(port["port"]) if port else None,
                protocol=port["protocol"] if port else None,
                evidence=told.get("Plugin output"),
            ),
        ),
        references=sdk.links(told.get("See also"), told.get("Solution")),
        target=host,
    )
