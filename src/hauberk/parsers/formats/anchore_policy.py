"""Anchore policy evaluations: what stops an image at its gates. Engine, Enterprise and anchorectl print them differently."""

import re
from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.anchore.com/current/docs/overview/concepts/policy/policies/#actions
    "stop": sdk.Severity.CRITICAL,
    "warn": sdk.Severity.MEDIUM,
    "go": sdk.Severity.INFO,
}
# `MEDIUM Vulnerability found in os package type`
_WORD = re.compile(r"(CRITICAL|HIGH|MEDIUM|LOW|NEGLIGIBLE)\b")
_PATH = re.compile(r"\s(/[^\s()]+)")
_FIXED = re.compile(r"fixed in: ([^)]+)\)")  # `(fixed in: 1.1.1n-r0)`
_COLUMNS = {
    "Repo_Tag": "tag",
    "Trigger_Id": "triggerId",
    "Gate": "gate",
    "Trigger": "triggerName",
    "Check_Output": "description",
    "Gate_Action": "status",
    "Policy_Id": "policyId",
    "Whitelisted": "allowed",
}
_EVALUATION = "item.*.*.item.detail.result.result.*.result"


@sdk.parser(
    id="anchore-policy-json",
    scanner="Anchore",
    title="Anchore policy evaluation",
    docs="https://docs.anchore.com/current/docs/compliance_management/policy_evaluation/",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "item.*.*.item.policyId", "item.*.*.item.status", later=("item.*.*.item.last_evaluation",)
        ),
        sdk.JsonKeys("item.detail", "item.finalAction", "item.policyId"),
        sdk.JsonKeys("evaluatedTag", "evaluations", "imageDigest"),
    ),
    versions="anchore-cli, anchorectl 0.x to 5",
)
def anchore_policy(report: sdk.Report) -> sdk.Findings:
    """`anchorectl image check IMAGE --detail -o json`, before that `anchore-cli --json evaluate check IMAGE --detail`"""
    for node in report.json(_EVALUATION, "item.detail.item", "evaluations.item.details.item", "evaluatedTag"):
        if node.pattern == "evaluatedTag":
            yield sdk.ReportHeader(asset=sdk.text(node.value), asset_kind="image")
        elif node.pattern == _EVALUATION:
            yield from sdk.each(node.value.get("rows"), partial(_row, node.value["header"]), node.position)
        else:
            yield from report.read_one(node, _violation)


def _row(header: list[str], cells: sdk.Json) -> sdk.Findings:
    row = dict(zip(header, cells, strict=True))
    yield from _violation({name: row.get(column) for column, name in _COLUMNS.items()})


def _violation(said: sdk.Json) -> sdk.Findings:
    output, tag = said["description"], said["tag"]
    image, _, version = tag.rpartition(":") if ":" in tag.rpartition("/")[2] else (tag, "", "")
    word = _WORD.match(output)
    paths, fixed = _PATH.findall(output), _FIXED.search(output)
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=output,
        severity=sdk.severity(word[0]) if word else sdk.severity(said.get("status"), _SEVERITIES),
        severity_reported=word[0] if word else sdk.text(said.get("status")),
        rule_id=f"{said['gate']}:{said['triggerId']}",
        rule_name=f"{said['gate']}: {said.get('triggerName')}",
        remediation=f"Update to {fixed[1]}." if fixed else None,
        identifiers=sdk.identifiers(said["triggerId"], output),
        locations=(sdk.Location(path=paths[0] if paths else None, resource=image),),
        components=(sdk.Component(name=image, version=version or None),),
        tags=tuple(_tags(said)),
        suppression=sdk.suppression(said.get("allowed"), justification="allow list"),
        target=tag,
    )


def _tags(said: sdk.Json) -> Iterator[str]:
    for name in ("policyId", "status"):
        if sdk.text(said.get(name)):
            yield f"{name}: {said[name]}"
