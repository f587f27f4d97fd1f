"""Microsoft Defender for Cloud, formerly Azure Security Center: recommendations for subscriptions and their resources."""

from hauberk.parsers import sdk

_COLUMNS = (
    "subscriptionId",
    "resourceId",
    "recommendationName",
    "recommendationDisplayName",
    "severity",
    "state",
)


@sdk.parser(
    id="defender-for-cloud-csv",
    scanner="Defender for Cloud",
    title="Defender for Cloud recommendations",
    docs="https://learn.microsoft.com/en-us/azure/defender-for-cloud/review-security-recommendations",
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def defender_for_cloud(row: sdk.Row) -> sdk.Findings:
    """In Azure: Microsoft Defender for Cloud, Recommendations, Download CSV report"""
    if row["state"].lower() not in ("", "unhealthy"):
        return
    resource = row["resourceId"] or f"/subscriptions/{row['subscriptionId']}"
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=row["recommendationDisplayName"],
        severity=sdk.severity(row.get("severity")),
        severity_reported=row.get("severity"),
        rule_id=row["recommendationName"],
        rule_name=row["recommendationDisplayName"],
        description=sdk.text(row.get("description")),
        remediation=sdk.text(row.get("remediationSteps")),
        identifiers=sdk.identifiers(row["recommendationDisplayName"]),
        cwes=(1032,),  # every recommendation is about a misconfiguration; none names its weakness
        locations=(sdk.Location(resource=resource.lower()),),
        components=tuple(sdk.Component(name=name) for name in sdk.texts(row.get("resourceName"))),
        references=sdk.urls(row.get("azurePortalRecommendationLink")),
        tags=sdk.texts([row.get("resourceType"), row.get("subscriptionName"), row.get("resourceGroup")]),
        stable_id=sdk.text(row.get("recommendationId")),
        target=row.get("subscriptionId"),
        found_at=sdk.timestamp(row.get("firstEvaluationDate")),
    )
