"""Psalm: the types of PHP, and where tainted data ends up."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://psalm.dev/docs/running_psalm/error_levels/
    "error": sdk.Severity.HIGH,
    "info": sdk.Severity.INFO,
}


@sdk.parser(
    id="psalm-json",
    scanner="Psalm",
    docs="https://psalm.dev/docs/running_psalm/command_line_usage/",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.type", "item.message", "item.line_from", "item.file_name", "item.selected_text"),
    items=sdk.JsonItems("item"),
    versions="4 and later, `--output-format=json` and `--report=psalm.json`",
)
def psalm(issue: sdk.Json) -> sdk.Findings:
    """`psalm --output-format=json > psalm.json`, with `--taint-analysis` for the flow of data"""
    rule, word = issue["type"], sdk.text(issue.get("severity"))
    # the steps that lie nowhere (`$_GET`) only have a name
    trace = [_place(step) for step in sdk.listed(issue.get("taint_trace")) if sdk.pick(step, "file_name")]
    others = [
        _place(each) for each in sdk.listed(issue.get("other_references")) if sdk.pick(each, "file_name")
    ]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=issue["message"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=rule,
        locations=(_place(issue), *trace, *others),
        references=sdk.urls(issue.get("link")) or (f"https://psalm.dev/docs/running_psalm/issues/{rule}/",),
    )


def _place(said: sdk.Json) -> sdk.Location:
    return sdk.Location(
        path=sdk.first(said.get("file_name"), said.get("file_path")),
        line=sdk.line(said.get("line_from")),
        end_line=sdk.line(said.get("line_to")),
        column=sdk.line(said.get("column_from")),
        snippet=sdk.text(said.get("snippet")),
        message=sdk.text(said.get("label")),
    )
