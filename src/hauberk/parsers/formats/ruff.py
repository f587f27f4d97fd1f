"""Ruff: the Python linter; its rules S… are those of Bandit."""

from hauberk.parsers import sdk

# The steps of its diagnostics (https://github.com/astral-sh/ruff, `ruff_db::diagnostic::Severity`). Every rule is an
# error, an unused import as well as a shell's injection, so that the word tells of no danger; old versions leave it out.
_SEVERITIES: sdk.Scale = {
    "fatal": sdk.Severity.HIGH,
    "error": sdk.Severity.MEDIUM,
    "warning": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}
_OF_ANY_RULE = "error"
# A file that Ruff could not read: a syntax error (E999, later without a code, then `invalid-syntax`) or the disk's
_UNREAD = (None, "invalid-syntax", "E902", "E999")


@sdk.parser(
    id="ruff-json",
    scanner="Ruff",
    docs="https://docs.astral.sh/ruff/settings/#output-format",
    kinds=[sdk.SAST],
    sniff=sdk.JsonLineKeys("code", "message", "filename", "location.row", "end_location.row", "noqa_row"),
    items=sdk.JsonLines(),
    versions="`--output-format json` and `json-lines`, all versions",
    may_be_blank=True,
)
def ruff(result: sdk.Json) -> sdk.Findings:
    """`ruff check --output-format json --output-file ruff.json`, or `json-lines`"""
    code, path = sdk.text(result.get("code")), sdk.text(result.get("filename"))
    if code in _UNREAD:
        yield sdk.ItemProblem(position=path or "a file", reason=f"Ruff: {result['message']}")
        return
    start, end = result.get("location") or {}, result.get("end_location") or {}
    cell = sdk.text(result.get("cell"))  # of a notebook: lines count from its cell's first
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=result["message"],
        severity=sdk.severity(result.get("severity") or _OF_ANY_RULE, _SEVERITIES),
        severity_reported=sdk.text(result.get("severity")),
        rule_id=code,
        rule_name=sdk.text(result.get("name")),
        remediation=sdk.text(sdk.pick(result, "fix.message")),
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(start.get("row")),
                end_line=sdk.line(end.get("row")),
                column=sdk.line(start.get("column")),
                symbol=f"cell {cell}" if cell else None,
            ),
        ),
        references=sdk.urls(result.get("url")),
    )
