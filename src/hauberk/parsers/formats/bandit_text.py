"""Bandit for people: the text that it prints where nothing else is asked for, and a line for each result."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import bandit

_ISSUE = re.compile(r">> Issue: \[(?:(?P<test_id>[A-Z]\d+):)?(?P<test_name>[^\]]+)\] (?P<issue_text>.+)")
_RATED = re.compile(r"\s+Severity: (?P<issue_severity>\w+)\s+Confidence: (?P<issue_confidence>\w+)\s*")
_TOLD = re.compile(r"\s+(?P<name>CWE|More Info|Location): (?P<value>.+)")
_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::(?P<column>\d+))?")
_LINE = re.compile(
    r"(?P<path>.+?):(?P<line>\d+): (?P<test_id>[A-Z]\d+)\[bandit\]: (?P<word>[A-Z]+): (?P<text>.+)"
)


@sdk.parser(
    id="bandit-text",
    scanner="Bandit",
    title="Bandit text",
    docs="https://bandit.readthedocs.io/en/latest/formatters/text.html",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(r">> Issue: \[(?:[A-Z]\d+:)?\w+\] ", r"^[ \t]+Severity: \w+ +Confidence: \w+"),
        sdk.TextLines(
            r"^(?:Run started:|Test results:)", r"No issues identified\.", r"Total issues \(by severity\):"
        ),
        sdk.TextLines(r"^.+?:\d+: [A-Z]\d+\[bandit\]: [A-Z]+: "),
    ),
    versions="1.0 and later: text, screen and custom",
)
def bandit_text(report: sdk.Report) -> sdk.Findings:
    """`bandit -r . -f txt -o bandit.txt`"""
    said: dict[str, sdk.Json] = {}
    code: list[str] = []
    for node in report.lines():
        text = sdk.uncoloured(node.value)
        if issue := _ISSUE.match(text):
            if said:
                yield bandit.finding(said | {"code": "\n".join(code)})
            said, code = issue.groupdict(), []
        elif rated := _RATED.fullmatch(text):
            said |= rated.groupdict()
        elif (told := _TOLD.match(text)) and said:
            said |= _of(told["name"], told["value"])
        elif text.startswith(("Code scanned:", "Run metrics:")) and said:
            yield bandit.finding(said | {"code": "\n".join(code)})
            said = {}
        elif line := _LINE.fullmatch(text):
            yield _custom(line)
        else:
            code.append(text)
    if said:
        yield bandit.finding(said | {"code": "\n".join(code)})


def _of(name: str, value: str) -> dict[str, sdk.Json]:
    if name == "CWE":
        number, _, link = value.partition(" (")
        return {"issue_cwe": {"id": number, "link": link.rstrip(")")}}
    if name == "More Info":
        return {"more_info": value}
    place = _PLACE.fullmatch(value.strip())
    if place is None:
        return {"filename": value}
    return {"filename": place["path"], "line_number": place["line"], "col_offset": place["column"]}


def _custom(line: re.Match[str]) -> sdk.ReportedFinding:
    return bandit.finding(
        {
            "test_id": line["test_id"],
            "test_name": line["test_id"],
            "issue_text": line["text"],
            "issue_severity": line["word"],
            "filename": line["path"],
            "line_number": line["line"],
        }
    )
