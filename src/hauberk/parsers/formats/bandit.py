"""Bandit: the Python security linter."""

import re

from hauberk.parsers import sdk

_NUMBERED = re.compile(r"(?m)^(\d{1,9}) ?(.*)$")


@sdk.parser(
    id="bandit-json",
    scanner="Bandit",
    docs="https://bandit.readthedocs.io/en/latest/formatters/json.html",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("metrics._totals", "generated_at", "errors", later=("results",)),
        sdk.JsonKeys("results.item.test_id", "results.item.issue_text", "results.item.issue_confidence"),
    ),
    items=sdk.JsonItems("results.item"),
    header={"scanned_at": "generated_at"},
)
def bandit(result: sdk.Json) -> sdk.Findings:
    """`bandit -r . -f json -o bandit.json`"""
    lines = result.get("line_range") or [result["line_number"]]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=result["issue_text"],
        severity=sdk.severity(result.get("issue_severity")),
        severity_reported=sdk.text(result.get("issue_severity")),
        rule_id=sdk.text(result.get("test_id")) or result["test_name"],  # before 1.0 without
        rule_name=sdk.text(result.get("test_name")),
        cwes=sdk.cwes(sdk.pick(result, "issue_cwe.id")),
        locations=(
            sdk.Location(
                path=result.get("filename"),
                line=sdk.line(result.get("line_number")),
                end_line=sdk.line(result.get("end_line_number") or lines[-1]),
                column=_column(result.get("col_offset")),
                snippet=_snippet(result.get("code") or "", lines),
            ),
        ),
        references=sdk.urls(result.get("more_info"), sdk.pick(result, "issue_cwe.link")),
        confidence=sdk.text(result.get("issue_confidence")),
    )


def _snippet(code: str, lines: list[int]) -> str | None:
    """The reported lines out of their numbered surroundings: numbers and neighbours change, the problem does not."""
    return "\n".join(text for number, text in _NUMBERED.findall(code) if int(number) in lines) or None


def _column(offset: sdk.Json) -> int | None:
    """Bandit counts columns from 0."""
    known = sdk.integer(offset)
    return known + 1 if known is not None else None
