"""Horusec: one report of the many tools that it runs."""

import re

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.horusec.io/docs/cli/analysis-tools/overview/: severities
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
    "unknown": sdk.Severity.INFO,
    # Version 1 called so what a person has to look at, and what a comment silences.
    **dict.fromkeys(("audit", "nosec"), sdk.Severity.INFO),
}
_DISMISSED = {
    "False Positive": "false positive",
    "Risk Accepted": "risk accepted",
    "Corrected": "corrected",
}
_DEPENDENCY_TOOLS = (
    "YarnAudit",
    "NpmAudit",
    "Safety",
    "BundlerAudit",
    "OwaspDependencyCheck",
    "Nancy",
    "Trivy",
)
_COUNTED = re.compile(r"^\(\d+/\d+\) \* Possible vulnerability detected: ")


@sdk.parser(
    id="horusec-json",
    scanner="Horusec",
    docs="https://docs.horusec.io/docs/cli/commands-and-flags/",
    kinds=[sdk.SAST, sdk.SECRET, sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("repositoryID", "analysisVulnerabilities"),
        sdk.JsonKeys("analysisVulnerabilities.item.vulnerabilities.securityTool"),
        sdk.JsonKeys("repositoryID", "workspaceID", "finishedAt"),
    ),
    items=sdk.JsonItems("analysisVulnerabilities.item"),
    header={"tool_version": "version", "scanned_at": "finishedAt", "asset": "repositoryName"},
    versions="1.x and 2.x",
)
def horusec(item: sdk.Json) -> sdk.Findings:
    """`horusec start -p . -o json -O horusec.json`"""
    found = item["vulnerabilities"]
    title, _, details = _COUNTED.sub("", found["details"]).partition("\n")
    kind = _kind(found)
    state = _DISMISSED.get(found.get("type") or "") or ("nosec" if found.get("severity") == "NOSEC" else None)
    commit = sdk.text(found.get("commitHash"))
    yield sdk.ReportedFinding(
        kind=kind,
        title=title,
        severity=sdk.severity(found.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=sdk.first(found.get("rule_id"), found.get("ruleID")) or title,
        description=sdk.text(details),
        identifiers=sdk.identifiers(found["details"]) if kind is sdk.SCA else (),
        cwes=sdk.cwes(found["details"]),
        locations=(
            sdk.Location(
                path=found.get("file"),
                line=sdk.line(found.get("line")),
                column=sdk.line(found.get("column")),
                snippet=None if kind is sdk.SECRET else sdk.text(found.get("code")),
                commit=None if commit == "-" else commit,
            ),
        ),
        references=sdk.links(details),
        tags=sdk.texts([found.get("securityTool"), found.get("language")]),
        confidence=sdk.text(found.get("confidence")),
        stable_id=sdk.text(found.get("vulnHash")),
        secret=sdk.text(found.get("code")) if kind is sdk.SECRET else None,
        suppression=sdk.suppression(state, justification=state),
    )


def _kind(found: sdk.Json) -> sdk.FindingKind:
    if found.get("language") == "Leaks":
        return sdk.SECRET
    return sdk.SCA if found.get("securityTool") in _DEPENDENCY_TOOLS else sdk.SAST
