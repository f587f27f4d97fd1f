"""One violation of a rule of cfn_nag at one resource, by the names of its JSON."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/stelligent/cfn_nag#results: a warning never fails the build
    "fail": sdk.Severity.HIGH,
    "failing violation": sdk.Severity.HIGH,
    "warn": sdk.Severity.MEDIUM,
    "warning": sdk.Severity.MEDIUM,
}


def finding(path: str, violation: sdk.Json, resource: str | None, line: sdk.Json) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.IAC,
        title=violation["message"],
        severity=sdk.severity(violation.get("type"), _SEVERITIES),
        severity_reported=sdk.text(violation.get("type")),
        rule_id=violation["id"],
        rule_name=sdk.text(violation.get("name")),
        locations=(
            sdk.Location(path=path, line=sdk.line(line), resource=f"{path}#{resource}" if resource else None),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        target=path,
    )
