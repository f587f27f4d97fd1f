"""Terrascan: policy violations in Terraform, Kubernetes, Helm, Dockerfiles and CloudFormation."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_DOCS = "https://runterrascan.io/docs/usage/command_line_mode/"
_VIOLATIONS, _SKIPPED = "results.violations.item", "results.skipped_violations.item"

_TOLD = re.compile(
    r"(?:^|, )(Description|File|Line|Severity|Rule Name|Rule ID|Resource Name|Resource Type|Category): "
)


@sdk.parser(
    id="terrascan-json",
    scanner="Terrascan",
    docs=_DOCS,
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


@sdk.parser(
    id="terrascan-junit-xml",
    scanner="Terrascan",
    title="Terrascan JUnit",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=junit.sniff(says=r'name="TERRASCAN_POLICY_SUITES"'),
    versions="1.4 and later",
)
def terrascan_junit(report: sdk.Report) -> sdk.Findings:
    """`terrascan scan -o junit-xml > terrascan.xml`"""
    yield from report.read(junit.cases(report), _case)


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
        suppression=sdk.suppression(is_skipped, where="inline", justification=found.get("skip_comment")),
    )


def _case(case: sdk.XmlElement) -> sdk.Findings:
    """What passed has neither; all that is said of the rest stands in one sentence."""
    skipped = case.find("skipped")
    said = [short for short, _ in junit.failures(case)] if skipped is None else [skipped.get("message")]
    for words in said:
        comment, _, told = (words or "").rpartition(") Description: ")
        parts = _TOLD.split(f"Description: {told}" if comment else told)
        found = {
            name.lower().replace(" ", "_"): None if value == '""' else value
            for name, value in zip(parts[1::2], parts[2::2], strict=True)
        }
        found["skip_comment"] = comment.removeprefix("(skip comment: ")
        yield from _violation(skipped is not None, found)
