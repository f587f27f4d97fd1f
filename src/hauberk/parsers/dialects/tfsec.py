"""A result of tfsec by the names of its JSON, whichever of its reports it stands in."""

import re

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # versions before 0.39 wrote ERROR, WARNING and INFO
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "error": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "warning": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}
# `Resource 'aws_s3_bucket.logs' has no …`
_NAMED = re.compile(r"'((?:module|data)?\.?[a-z]\w*\.[\w.\[\]\"-]+)'")
_PASSED, _IGNORED = 1, 2


def finding(result: sdk.Json) -> sdk.Findings:
    if result.get("passed") is True or sdk.integer(result.get("status")) == _PASSED:
        return
    where = result["location"]
    said = sdk.text(result.get("description"))
    named = _NAMED.search(said or "")
    resource = sdk.text(result.get("resource")) or (named[1] if named else None)
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.text(result.get("rule_description")) or said or result["rule_id"],
        severity=sdk.severity(result.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(result.get("severity")),
        rule_id=sdk.text(result.get("long_id")) or result["rule_id"],
        rule_name=sdk.text(result["rule_id"]),
        description=sdk.paragraphs(said, result.get("impact")),
        remediation=sdk.text(result.get("resolution")),
        identifiers=sdk.identifiers(result["rule_id"]),
        locations=(
            sdk.Location(
                path=where.get("filename"),
                line=sdk.line(where.get("start_line")),
                end_line=sdk.line(where.get("end_line")),
                resource=resource,
            ),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.links(result.get("link"), result.get("links")),
        tags=sdk.texts([result.get("rule_provider"), result.get("rule_service")]),
        suppression=sdk.suppression(sdk.integer(result.get("status")) == _IGNORED, where="inline"),
    )
