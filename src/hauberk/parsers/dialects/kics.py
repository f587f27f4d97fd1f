"""One result of KICS at one place, by the names of its JSON, whichever of its reports it stands in."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.kics.io/latest/results/#severity
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
    "trace": sdk.Severity.INFO,
}


def finding(query: sdk.Json, place: sdk.Json) -> sdk.ReportedFinding:
    kind, name = sdk.text(place.get("resource_type")), sdk.text(place.get("resource_name"))
    platform = sdk.text(query.get("platform"))
    expected = sdk.first(place.get("expected_value"), place.get("key_expected_value"))
    actual = sdk.first(place.get("actual_value"), place.get("key_actual_value"))
    return sdk.ReportedFinding(
        kind=sdk.IAC,
        title=query["query_name"],
        severity=sdk.severity(query.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(query.get("severity")),
        rule_id=query["query_id"],
        rule_name=query["query_name"],
        description=sdk.text(query.get("description")),
        remediation=sdk.text(place.get("remediation")) or expected,
        cwes=sdk.cwes(query.get("cwe")),
        locations=(
            sdk.Location(
                path=place.get("file_name"),
                line=sdk.line(place.get("line")),
                symbol=sdk.text(place.get("search_key")),
                resource=f"{kind}.{name}" if kind and name and "n/a" not in (kind, name) else None,
                evidence=actual,
            ),
        ),
        components=(sdk.Component(name=platform),) if platform else (),
        references=sdk.urls(query.get("query_url")),
        tags=sdk.texts([query.get("category"), query.get("cloud_provider"), place.get("issue_type")]),
        stable_id=sdk.text(place.get("similarity_id")),
    )
