"""cfn_nag: insecure resources in CloudFormation templates."""

from itertools import zip_longest

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/stelligent/cfn_nag#results: a warning never fails the build
    "fail": sdk.Severity.HIGH,
    "failing violation": sdk.Severity.HIGH,
    "warn": sdk.Severity.MEDIUM,
    "warning": sdk.Severity.MEDIUM,
}


@sdk.parser(
    id="cfn-nag-json",
    scanner="cfn_nag",
    docs="https://github.com/stelligent/cfn_nag#usage",
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("item.filename", "item.file_results.violations", "item.file_results.failure_count"),
    items=sdk.JsonItems("item"),
    versions="with and without rule names, line numbers and element types",
)
def cfn_nag(file: sdk.Json) -> sdk.Findings:
    """`cfn_nag_scan --output-format=json --input-path templates/ > cfn-nag.json`"""
    path = file["filename"]
    yield sdk.ReportHeader(targets=sdk.texts(path))
    for violation in file["file_results"]["violations"]:
        names = violation.get("logical_resource_ids") or [None]
        for name, line in zip_longest(names, (violation.get("line_numbers") or [])[: len(names)]):
            yield _finding(path, violation, sdk.text(name), line)


def _finding(path: str, violation: sdk.Json, resource: str | None, line: sdk.Json) -> sdk.ReportedFinding:
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
