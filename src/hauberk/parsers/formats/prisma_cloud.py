"""Prisma Cloud: alerts of its policies on cloud accounts."""

from hauberk.parsers import sdk

_DOCS = "https://docs.prismacloud.io/en/enterprise-edition/content-collections/alerts/view-respond-to-prisma-cloud-alerts"
_COLUMNS = ("Alert ID", "Policy Name", "Policy Severity", "Resource Name", "Alert Status")
_LISTS = ("item", "items.item")
_SEVERITIES: sdk.Scale = {  # the same page: critical to informational
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
}


@sdk.parser(
    id="prisma-cloud-csv",
    scanner="Prisma Cloud",
    title="Prisma Cloud alerts CSV",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def prisma_cloud_csv(row: sdk.Row) -> sdk.Findings:
    """In Prisma Cloud: Alerts, Download"""
    policy = {
        "policyId": row.get("Policy ID"),
        "name": row["Policy Name"],
        "policyType": row.get("Policy Type"),
        "severity": row["Policy Severity"],
        "description": row.get("Description"),
        "recommendation": row.get("Recommendation"),
        "labels": sdk.parts(row.get("Policy Labels")),
    }
    resource = {
        "rrn": row.get("Resource ID") or row.get("RRN"),
        "name": row["Resource Name"],
        "accountId": row.get("Cloud Account Id") or row.get("Cloud Account ID"),
        "cloudType": row.get("Cloud Type"),
        "region": row.get("Region") or row.get("Cloud Region"),
        "resourceType": row.get("Resource Type"),
    }
    reason = row.get("Dismissal Reason") or row.get("Resolution Reason")
    alert = {
        "id": row["Alert ID"],
        "status": row["Alert Status"],
        "reason": reason,
        "alertTime": row.get("Alert Time"),
    }
    yield from _alert(alert | {"policy": policy, "resource": resource})


@sdk.parser(
    id="prisma-cloud-json",
    scanner="Prisma Cloud",
    title="Prisma Cloud alerts JSON",
    docs="https://pan.dev/prisma-cloud/api/cspm/alerts/",
    kinds=[sdk.CLOUD],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{path}.id", f"{path}.status", f"{path}.policy.policyId", f"{path}.resource.rrn")
            for path in _LISTS
        )
    ),
)
def prisma_cloud_json(report: sdk.Report) -> sdk.Findings:
    """`GET https://api.prismacloud.io/v2/alert?detailed=true&timeType=relative&timeUnit=year&timeAmount=1`"""
    yield from report.read(report.json(*_LISTS), _alert)


def _alert(alert: sdk.Json) -> sdk.Findings:
    policy, resource = alert["policy"], alert["resource"]
    state = sdk.text(alert["status"]) or ""
    is_over = state.lower() not in ("open", "pending_resolution")
    name = sdk.text(resource.get("name"))
    address = sdk.first(resource.get("rrn"), resource.get("id")) or name
    word = sdk.text(policy.get("severity"))
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=policy["name"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=sdk.text(policy.get("policyId")) or policy["name"],
        rule_name=policy["name"],
        description=sdk.text(policy.get("description")),
        remediation=sdk.text(policy.get("recommendation")),
        identifiers=sdk.identifiers(policy["name"]),
        locations=(sdk.Location(resource=address),),
        components=(sdk.Component(name=name),) if name else (),
        tags=sdk.texts(
            [
                *(policy.get("policyType"), resource.get("cloudType"), resource.get("region")),
                *(resource.get("resourceType"), *sdk.texts(policy.get("labels") or ())),
            ]
        ),
        stable_id=sdk.text(alert["id"]),
        suppression=sdk.suppression(is_over, justification=sdk.text(alert.get("reason")) or state),
        target=sdk.text(resource.get("accountId")),
        found_at=sdk.timestamp(alert.get("firstSeen") or alert.get("alertTime")),
    )
