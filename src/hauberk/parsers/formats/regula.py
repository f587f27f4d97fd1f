"""Regula: Terraform, CloudFormation, Kubernetes and ARM by rules in Rego."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://regula.dev/report.html
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
    "unknown": sdk.Severity.UNKNOWN,  # of a rule that states none
}


@sdk.parser(
    id="regula-json",
    scanner="Regula",
    docs="https://regula.dev/report.html",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("rule_results.item.rule_id", "rule_results.item.rule_result"),
        sdk.JsonKeys("rule_results", "summary.filepaths", "summary.rule_results", "summary.severities"),
    ),
    items=sdk.JsonItems("rule_results.item"),
    versions="1.x to 3.x, `--format json`",
)
def regula(result: sdk.Json) -> sdk.Findings:
    """`regula run --format json > regula.json`; what was waived is told of, and suppressed here as well"""
    outcome = result["rule_result"]
    if outcome not in ("FAIL", "WAIVED") or (outcome == "WAIVED" and result.get("rule_raw_result") is True):
        return
    severity = sdk.text(result.get("rule_severity"))
    resource = sdk.text(result.get("resource_id"))
    where = sdk.listed(result.get("source_location"))  # the resource, then the modules that it is included by
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.first(result.get("rule_message"), result.get("rule_summary"), result.get("rule_name"))
        or "",
        severity=sdk.severity(severity, _SEVERITIES),
        severity_reported=severity,
        rule_id=sdk.first(result.get("rule_id"), result.get("rule_name")),
        rule_name=sdk.text(result.get("rule_name")),
        description=sdk.text(result.get("rule_description")),
        locations=tuple(
            sdk.Location(
                path=sdk.first(each.get("path"), result.get("filepath")),
                line=sdk.line(each.get("line")),
                column=sdk.line(each.get("column")),
                resource=resource,
            )
            for each in where or [{}]
        ),
        # its first version misspelt the key
        references=sdk.urls(result.get("rule_remediation_doc"), result.get("rule_remediaion_doc")),
        tags=sdk.texts(result.get("controls")),
        suppression=sdk.suppression(
            outcome == "WAIVED", justification=", ".join(sdk.texts(result.get("active_waivers")))
        ),
    )
