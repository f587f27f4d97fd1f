"""KubeLinter: Kubernetes manifests and Helm charts against security and production practice."""

import re

from hauberk.parsers import sdk

_CONTAINER = re.compile(r"container \"([^\"]+)\"")  # an object may have several


@sdk.parser(
    id="kubelinter-json",
    scanner="KubeLinter",
    docs="https://docs.kubelinter.io/#/using-kubelinter",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("Checks.item.name", "Checks.item.template"),
        sdk.JsonKeys("Reports.item.Diagnostic.Message", "Reports.item.Check"),
        sdk.JsonKeys("Reports", "Summary.KubeLinterVersion"),
    ),
    items=sdk.JsonItems("Reports.item"),
    header={"tool_version": "Summary.KubeLinterVersion", "scanned_at": "Summary.CheckEndTime"},
    versions="0.x, `--format json`",
)
def kubelinter(report: sdk.Json) -> sdk.Findings:
    """`kube-linter lint --format json manifests/ > kubelinter.json`"""
    check = report["Check"]
    about = sdk.pick(report, "Object.K8sObject") or {}
    version = about.get("GroupVersionKind") or {}
    names = sdk.texts([about.get("Namespace"), version.get("Kind"), about.get("Name")])
    resource = "/".join(names) or None
    message = report["Diagnostic"]["Message"]
    container = _CONTAINER.search(message)
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=message,
        severity=sdk.Severity.MEDIUM,  # KubeLinter rates nothing: a check is enabled because it matters
        rule_id=check,
        remediation=sdk.text(report.get("Remediation")),
        locations=(
            sdk.Location(
                path=sdk.text(sdk.pick(report, "Object.Metadata.FilePath")),
                resource=f"{resource}/{container[1]}" if resource and container else resource,
            ),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        references=(f"https://docs.kubelinter.io/#/generated/checks?id={check}",),
    )
