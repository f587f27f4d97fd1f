"""kubeaudit: what workloads of a cluster or manifests leave insecure."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/Shopify/kubeaudit#audit-results: error, warning, info
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "info": sdk.Severity.LOW,
}


@sdk.parser(
    id="kubeaudit-json",
    scanner="kubeaudit",
    docs="https://github.com/Shopify/kubeaudit#cluster-mode",
    kinds=[sdk.IAC],
    sniff=sdk.JsonLineKeys("AuditResultName", "level", "msg"),
    items=sdk.JsonLines(),
    versions="0.8 and later",
    may_be_blank=True,
)
def kubeaudit(result: sdk.Json) -> sdk.Findings:
    """`kubeaudit all --format json > kubeaudit.json`"""
    names = ("ResourceNamespace", "ResourceKind", "ResourceName", "Container")
    resource = "/".join(sdk.texts([result.get(name) for name in names]))
    known = {"AuditResultName", "ResourceApiVersion", "level", "msg", "time", "FilePath", *names}
    details = [f"{name}: {value}" for name, value in result.items() if name not in known]
    yield sdk.ReportHeader(scanned_at=sdk.timestamp(result.get("time")))
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=result["msg"],
        severity=sdk.severity(result.get("level"), _SEVERITIES),
        severity_reported=sdk.text(result.get("level")),
        rule_id=result["AuditResultName"],
        locations=(
            sdk.Location(
                path=sdk.text(result.get("FilePath")), resource=resource, evidence="\n".join(details) or None
            ),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
    )
