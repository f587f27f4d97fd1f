"""CodeChecker: the JSON of its reports, from Clang's analyzers and the others that it runs; today's, and the older ones."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/Ericsson/codechecker/blob/master/docs/web/user_guide.md: severity levels
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "style": sdk.Severity.INFO,
    "unspecified": sdk.Severity.INFO,
}
# The numbers of its Thrift API.
_NUMBERED = {0: "UNSPECIFIED", 10: "STYLE", 20: "LOW", 30: "MEDIUM", 40: "HIGH", 50: "CRITICAL"}
_REVIEWED: dict[sdk.Json, str] = {2: "false_positive", 3: "intentional"}
_DISMISSED = ("false_positive", "intentional", "suppress")


@sdk.parser(
    id="codechecker-json",
    scanner="CodeChecker",
    docs="https://codechecker.readthedocs.io/en/latest/analyzer/user_guide/#json-format",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("reports.item.checker_name", "reports.item.report_hash"),
        sdk.JsonKeys("version", empty=("reports",)),
    ),
    items=sdk.JsonItems("reports.item"),
    versions="report version 1",
)
def codechecker(result: sdk.Json) -> sdk.Findings:
    """`CodeChecker parse --export json --output codechecker.json ./reports`"""
    yield _finding(result)


@sdk.parser(
    id="codechecker-server-json",
    scanner="CodeChecker",
    title="CodeChecker server results",
    docs="https://codechecker.readthedocs.io/en/latest/web/user_guide/#results",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.checkerId", "item.bugHash", "item.checkedFile", "item.checkerMsg"),
    items=sdk.JsonItems("item"),
    versions="6 and later",
)
def codechecker_server(result: sdk.Json) -> sdk.Findings:
    """`CodeChecker cmd results RUN -o json > codechecker.json`, also `cmd diff`"""
    review = result.get("reviewData") or {}
    comment = sdk.text(review.get("comment"))
    yield _finding(
        {
            "message": result["checkerMsg"],
            "checker_name": result["checkerId"],
            "report_hash": result["bugHash"],
            "file": {"path": result["checkedFile"]},
            "line": result.get("line"),
            "column": result.get("column"),
            "severity": _NUMBERED.get(result.get("severity") or 0, result.get("severity")),
            "analyzer_name": result.get("analyzerName"),
            "review_status": _REVIEWED.get(review.get("status")),
        },
        comment,
    )


@sdk.parser(
    id="codechecker-json-v0",
    scanner="CodeChecker",
    title="CodeChecker (before report version 1)",
    docs="https://codechecker.readthedocs.io/en/v6.17.0/analyzer/user_guide/#parse",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.check_name", "item.issue_hash_content_of_line_in_context", "item.location.file"),
    items=sdk.JsonItems("item"),
    versions="6.13 to 6.17",
)
def codechecker_v0(result: sdk.Json) -> sdk.Findings:
    """`CodeChecker parse --export json --output codechecker.json ./reports`; it says no severity"""
    files = result.get("files") or {}
    place = _step(result["location"], files)
    events = (step for step in sdk.listed(result.get("path")) if step.get("kind") == "event")
    steps = (_step(event["location"], files) for event in events)
    yield _finding(
        {
            "message": result["description"],
            "checker_name": result["check_name"],
            "report_hash": result.get("issue_hash_content_of_line_in_context"),
            "category": result.get("category"),
            **place,
            "bug_path_events": [step for step in steps if step != place],
        }
    )


def _step(place: sdk.Json, files: sdk.Json) -> sdk.Json:
    """Files are a list, or an object by their numbers."""
    number = str(place["file"])
    path = files[int(number)] if isinstance(files, list) else files.get(number)
    return {"file": {"path": path}, "line": place.get("line"), "column": place.get("col")}


def _finding(result: sdk.Json, comment: str | None = None) -> sdk.ReportedFinding:
    state = sdk.text(result.get("review_status"))
    comments = [said.get("message") for said in sdk.listed(result.get("source_code_comments"))]
    where = "inline" if comments else "external"
    why = sdk.paragraphs(*comments, comment) or (state or "").replace("_", " ")
    steps = [*(result.get("bug_path_events") or ()), *(result.get("notes") or ())]
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=result["message"],
        severity=sdk.severity(result.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(result.get("severity")),
        rule_id=result["checker_name"],
        locations=(_place(result), *(_place(step) for step in steps)),
        tags=sdk.texts([result.get("analyzer_name"), result.get("category"), result.get("type")]),
        stable_id=sdk.text(result.get("report_hash")),
        suppression=sdk.suppression(state in _DISMISSED, where=where, justification=why),
    )


def _place(said: sdk.Json) -> sdk.Location:
    return sdk.Location(
        path=said["file"]["path"],
        line=sdk.line(said.get("line")),
        column=sdk.line(said.get("column")),
        evidence=sdk.text(said.get("message")) if "range" in said else None,
    )
