"""CxFlow: the JSON of Checkmarx's orchestrator, issues grouped by file and query, with one flow for each result."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkmarx


@sdk.parser(
    id="checkmarx-cxflow-json",
    scanner="Checkmarx CxSAST",
    title="Checkmarx CxFlow",
    docs="https://github.com/checkmarx-ltd/cx-flow/wiki/Bug-Trackers-and-Feedback-Channels#json",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("xissues.item.vulnerability", "xissues.item.similarityId"),
        sdk.JsonKeys("projectId", "team", "scanType", "xissues.item.vulnerability"),
        sdk.JsonKeys("projectId", "team", "scanType", empty=("xissues",)),
    ),
    items=sdk.JsonItems("xissues.item"),
    header={
        "tool_version": "version",
        "asset": "project",
        "scanned_at": "additionalDetails.scanStartDate",
    },
    versions="CxFlow's own JSON, with `xissues`",
)
def checkmarx_cxflow(issue: sdk.Json) -> sdk.Findings:
    """CxFlow with `--bug-tracker=Json`; the file is written to `json.data-folder`"""
    details = issue.get("additionalDetails") or {}
    said = issue.get("details") or {}
    for result in sdk.listed(details.get("results")) or ({},):
        flow = list(_flow(result)) or [sdk.Location(path=issue.get("filename"))]
        source = result.get("source") or {}
        about = said.get(sdk.text(source.get("line")) or "") or {}
        state = "1" if about.get("falsePositive") is True else result.get("state")
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=checkmarx.title_of(issue["vulnerability"]),
            severity=sdk.severity(issue.get("severity"), checkmarx.SEVERITIES),
            severity_reported=sdk.text(issue.get("severity")),
            rule_id=issue["vulnerability"],
            description=sdk.text(issue.get("description")),
            identifiers=sdk.identifiers(issue.get("cve")),
            cwes=sdk.cwes(issue.get("cwe")),
            locations=checkmarx.place_first(flow),
            references=sdk.urls(
                issue.get("link"), details.get("recommendedFix"), details.get("CodeBashingLesson")
            ),
            tags=sdk.parts(details.get("categories")),
            stable_id=sdk.text(issue.get("similarityId")),
            suppression=checkmarx.suppression_of(state, sdk.text(about.get("comment"))),
        )


def _flow(result: sdk.Json) -> Iterator[sdk.Location]:
    """The steps are keyed by their number; where there are none, source and sink are the flow."""
    steps = [result[key] for key in sorted((key for key in result if key.isdecimal()), key=int)]
    for step in steps or [result[end] for end in ("source", "sink") if result.get(end)]:
        yield sdk.Location(
            path=step.get("file"),
            line=sdk.line(step.get("line")),
            column=sdk.line(step.get("column")),
            symbol=sdk.text(step.get("object")),
            snippet=sdk.text(step.get("snippet")),
        )
