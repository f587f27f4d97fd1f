"""Infer: bugs in Java, C, C++, Objective-C and Erlang, with the trace that leads to them."""

from hauberk.parsers import sdk

# https://fbinfer.com/docs/all-issue-types (the issue types' own levels); versions 0.9 to 0.15 rate beside them
_SEVERITIES: sdk.Scale = {
    **dict.fromkeys(("error", "high"), sdk.Severity.HIGH),
    **dict.fromkeys(("warning", "medium"), sdk.Severity.MEDIUM),
    **dict.fromkeys(("advice", "like", "low"), sdk.Severity.LOW),
    "info": sdk.Severity.INFO,
}


@sdk.parser(
    id="infer-json",
    scanner="Infer",
    docs="https://fbinfer.com/docs/man-infer-report",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.bug_type", "item.qualifier", "item.file"),
    items=sdk.JsonItems("item"),
    versions="0.x and 1.x, `report.json`",
)
def infer(bug: sdk.Json) -> sdk.Findings:
    """`infer run -- make`: the file `infer-out/report.json`"""
    kind = bug["bug_type"]
    trace = bug.get("bug_trace") or ()
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(bug.get("bug_type_hum")) or kind.replace("_", " ").capitalize(),
        severity=sdk.severity(bug.get("severity") or bug.get("kind"), _SEVERITIES),
        severity_reported=sdk.text(bug.get("severity") or bug.get("kind")),
        rule_id=kind,
        description=sdk.text(bug["qualifier"]),
        remediation=sdk.text(bug.get("suggestion")),
        locations=(
            sdk.Location(
                path=bug.get("file"),
                line=sdk.line(bug.get("line")),
                column=sdk.line(bug.get("column")),
                symbol=sdk.text(bug.get("procedure")),
            ),
            *(
                sdk.Location(
                    path=sdk.text(step.get("filename")),
                    line=sdk.line(step.get("line_number")),
                    column=sdk.line(step.get("column_number")),
                    evidence=sdk.text(step.get("description")),
                )
                for step in trace
            ),
        ),
        tags=sdk.texts(bug.get("category")),
        stable_id=sdk.text(bug.get("hash")),
    )
