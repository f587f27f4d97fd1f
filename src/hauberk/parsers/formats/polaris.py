"""Polaris: Kubernetes workloads against good practice, in a cluster, in manifests or in charts."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://polaris.docs.fairwinds.com/customization/configuration/
    "danger": sdk.Severity.HIGH,
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
}


@sdk.parser(
    id="polaris-json",
    scanner="Polaris",
    docs="https://polaris.docs.fairwinds.com/infrastructure-as-code/",
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("PolarisOutputVersion", "AuditTime", "SourceName", later=("Results",)),
    versions="output version 1.0",
)
def polaris(report: sdk.Report) -> sdk.Findings:
    """`polaris audit --audit-path manifests/ --format json > polaris.json`"""
    about = {node.pattern: node.value for node in report.json("SourceName", "AuditTime")}
    yield sdk.ReportHeader(scanned_at=sdk.timestamp(about.get("AuditTime")))
    path = sdk.text(about.get("SourceName"))
    yield from report.read(report.json("Results.item"), partial(_workload, path))


def _workload(path: str | None, item: sdk.Json) -> sdk.Findings:
    workload = "/".join(sdk.texts([item.get("Namespace"), item["Kind"], item["Name"]]))
    for place, checks in _checks(workload, item):
        for check in (checks or {}).values():
            if check["Success"] is False and check.get("Severity") != "ignore":
                yield _finding(path, place, check)


def _checks(workload: str, item: sdk.Json) -> Iterator[tuple[str, sdk.Json]]:
    """The checks of the object, of its pod and of each container."""
    yield workload, item.get("Results")
    pod = item.get("PodResult") or {}
    yield workload, pod.get("Results")
    for container in sdk.listed(pod.get("ContainerResults")):
        yield f"{workload}/{container['Name']}", container.get("Results")


def _finding(path: str | None, place: str, check: sdk.Json) -> sdk.ReportedFinding:
    details = sdk.texts(check.get("Details") or ())
    return sdk.ReportedFinding(
        kind=sdk.IAC,
        title=check["Message"],
        severity=sdk.severity(check.get("Severity"), _SEVERITIES),
        severity_reported=sdk.text(check.get("Severity")),
        rule_id=check["ID"],
        locations=(sdk.Location(path=path, resource=place, evidence="\n".join(details) or None),),
        components=(sdk.Component(name=place),),
        tags=sdk.texts([check.get("Category")]),
    )
