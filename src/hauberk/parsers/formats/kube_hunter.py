"""kube-hunter: weaknesses of Kubernetes clusters, seen from outside or from a pod."""

import re

from hauberk.parsers import sdk

# `10.0.0.4:10250`, and not `Local to Pod (…)`.
_ADDRESS = re.compile(r"[\w.-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?")


@sdk.parser(
    id="kube-hunter-json",
    scanner="kube-hunter",
    docs="https://github.com/aquasecurity/kube-hunter#output",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("vulnerabilities.item.vid", "vulnerabilities.item.hunter"),
        sdk.JsonKeys("nodes", "services", "vulnerabilities.item.vid"),
        sdk.JsonKeys("nodes.item.type", "services.item.service", later=("vulnerabilities",)),
        sdk.JsonKeys("nodes", "services", "vulnerabilities", "hunter_statistics"),
        sdk.JsonKeys("nodes", "services", empty=("vulnerabilities",)),
    ),
    items=sdk.JsonItems("vulnerabilities.item"),
    versions="0.x, `--report json`",
)
def kube_hunter(found: sdk.Json) -> sdk.Findings:
    """`kube-hunter --remote HOST --report json > kube-hunter.json`"""
    where = sdk.text(found.get("location")) or ""
    evidence = sdk.text(found.get("evidence"))
    place = sdk.at_url(where, evidence=evidence) if _ADDRESS.fullmatch(where) else None
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=found["vulnerability"],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=None if found.get("vid") == "None" else sdk.text(found.get("vid")),
        rule_name=found["vulnerability"],
        description=sdk.text(found.get("description")),
        identifiers=sdk.identifiers(found["vulnerability"]),
        locations=(place or sdk.Location(resource=where, evidence=evidence),),
        references=sdk.urls(found.get("avd_reference")),
        tags=sdk.texts([found.get("category"), found.get("hunter")]),
        target=place.host if place else where,
    )
