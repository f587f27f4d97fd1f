"""Amazon Inspector Classic: findings of assessment runs on instances, before version 2."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.aws.amazon.com/inspector/v1/userguide/inspector_findings.html
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
    "undefined": sdk.Severity.INFO,
}


@sdk.parser(
    id="inspector-classic-json",
    scanner="Amazon Inspector",
    title="Amazon Inspector Classic",
    docs="https://docs.aws.amazon.com/inspector/v1/APIReference/API_DescribeFindings.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("findings.item.arn", "findings.item.assetType", "findings.item.severity"),
        sdk.JsonKeys("failedItems", empty=("findings",)),
    ),
    items=sdk.JsonItems("findings.item"),
    versions="Inspector Classic (v1)",
)
def inspector_classic(found: sdk.Json) -> sdk.Findings:
    """`aws inspector describe-findings --finding-arns …`, of those that `aws inspector list-findings` names"""
    asset = found.get("assetAttributes") or {}
    listed = {each.get("key"): sdk.text(each.get("value")) for each in sdk.listed(found.get("attributes"))}
    rule = sdk.text(found.get("id")) or found["title"]
    instance = sdk.first(asset.get("agentId"), listed.get("INSTANCE_ID"))
    addresses = sdk.texts(asset.get("ipv4Addresses"))
    host = sdk.first(asset.get("hostname"), addresses, instance)
    word = sdk.text(found.get("severity"))
    package = listed.get("package_name")
    place = sdk.Location(
        host=host,
        host_ids=sdk.machine(addresses, cloud=instance),
        port=sdk.port(listed.get("PORT")),
        protocol=(listed.get("PROTOCOL") or "").lower() or None,
    )
    yield sdk.ReportHeader(targets=sdk.texts(host))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=found["title"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=rule,
        description=sdk.text(found.get("description")),
        remediation=sdk.text(found.get("recommendation")),
        identifiers=sdk.identifiers(rule, listed.get("CVE_ID")),
        cvss=sdk.assessments(
            (None, listed.get("CVSS3_SCORE"), "NVD", "3.0"), (None, listed.get("CVSS2_SCORE"), "NVD", "2.0")
        ),
        locations=(place,) if host else (),
        components=(sdk.Component(name=package),) if package else (),
        references=sdk.links(found.get("description"), found.get("recommendation")),
        tags=sdk.texts(asset.get("amiId")),
        stable_id=sdk.text(found["arn"]),
        target=host,
        found_at=sdk.timestamp(found.get("createdAt")),
    )
