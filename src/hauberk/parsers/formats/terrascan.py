"""Terrascan: policy violations in Terraform, Kubernetes, Helm, Dockerfiles and CloudFormation."""

from functools import partial

from hauberk.parsers import sdk

_VIOLATIONS, _SKIPPED = "results.violations.item", "results.skipped_violations.item"


@sdk.parser(
    id="terrascan-json",
    scanner="Terrascan",
    docs="https://runterrascan.io/docs/usage/command_line_mode/",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("results.violations.item.rule_id", "results.violations.item.resource_type"),
        sdk.JsonKeys("results.scan_summary.policies_validated"),
        sdk.JsonKeys("results.scan_errors.item.iac_type", "results.violations"),
    ),
    versions="1.x",
)
def terrascan(report: sdk.Report) -> sdk.Findings:
    """`terrascan scan -o json > terrascan.json`"""
    for node in report.json(_VIOLATIONS, _SKIPPED, "results.scan_summary", required=_VIOLATIONS):
        if node.pattern == "results.scan_summary":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(sdk.pick(node.value, "scanned_at")))
        else:
            yield from report.read_one(node, partial(_violation, node.pattern == _SKIPPED))


def _violation(is_skipped: bool, found: sdk.Json) -> sdk.Findings:  # noqa: FBT001 — bound first
    kind, name = sdk.text(found.get("resource_type")), sdk.text(found.get("resource_name"))
    module = sdk.text(found.get("module_name"))
    within = f"module.{module}." if module and module != "root" else ""
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=found["description"],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["rule_id"],
        rule_name=sdk.text(found.get("rule_name")),
        locations=(
            sdk.Location(
                path=sdk.text(found.get("file")),
                line=sdk.line(found.get("line")),
                resource=f"{within}{kind}.{name}" if kind and name else None,
            ),
        ),
        components=(sdk.Component(name=name),) if name else (),
        tags=sdk.texts([found.get("category")]),
        suppression=sdk.Suppression(where="inline", justification=sdk.text(found.get("skip_comment")))
        if is_skipped
        else None,
    )
