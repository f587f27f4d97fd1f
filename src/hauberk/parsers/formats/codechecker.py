"""CodeChecker: the JSON of its reports, from Clang's analyzers and the others that it runs."""

from hauberk.parsers import sdk

# https://github.com/Ericsson/codechecker/blob/master/docs/web/user_guide.md (severity levels)
_SCALE: sdk.Scale = {
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "style": sdk.Severity.INFO,
    "unspecified": sdk.Severity.INFO,
}
_DISMISSED = ("false_positive", "intentional", "suppress")


@sdk.parser(
    id="codechecker-json",
    scanner="CodeChecker",
    docs="https://codechecker.readthedocs.io/en/latest/analyzer/user_guide/#json-format",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("version", "reports.item.checker_name", "reports.item.report_hash"),
        sdk.JsonKeys("version", empty=("reports",)),
    ),
    items=sdk.JsonItems("reports.item"),
    versions="report version 1",
)
def codechecker(result: sdk.Json) -> sdk.Findings:
    """`CodeChecker parse --export json --output codechecker.json ./reports`"""
    state = sdk.text(result.get("review_status"))
    comments = [comment.get("message") for comment in result.get("source_code_comments") or ()]
    steps = [*(result.get("bug_path_events") or ()), *(result.get("notes") or ())]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=result["message"],
        severity=sdk.severity(result.get("severity"), _SCALE),
        severity_reported=sdk.text(result.get("severity")),
        rule_id=result["checker_name"],
        locations=(_place(result), *(_place(step) for step in steps)),
        tags=sdk.texts([result.get("analyzer_name"), result.get("category"), result.get("type")]),
        stable_id=sdk.text(result.get("report_hash")),
        suppression=sdk.Suppression(
            where="inline" if comments else "external",
            justification=sdk.paragraphs(*comments) or (state or "").replace("_", " "),
        )
        if state in _DISMISSED
        else None,
    )


def _place(said: sdk.Json) -> sdk.Location:
    return sdk.Location(
        path=said["file"]["path"],
        line=sdk.line(said.get("line")),
        column=sdk.line(said.get("column")),
        evidence=sdk.text(said.get("message")) if "range" in said else None,
    )
