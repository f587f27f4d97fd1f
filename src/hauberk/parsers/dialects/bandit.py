"""A result of Bandit by the names of its JSON, whichever of its reports it stands in."""

import re

from hauberk.parsers import sdk

_NUMBERED = re.compile(r"(?m)^(\d{1,9})[ \t]?(.*)$")  # `12 subprocess.call(cmd, shell=True)`


def finding(result: sdk.Json) -> sdk.ReportedFinding:
    lines = result.get("line_range") or [sdk.line(result.get("line_number"))]
    return sdk.ReportedFinding(
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
