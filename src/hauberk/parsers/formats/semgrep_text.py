"""Semgrep for people: what it prints where nothing else is asked for, by file and rule."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import semgrep

# from one arrow (INFO) to three (ERROR)
_WORDS = {"❱": "INFO", "❯❱": "WARNING", "❯❯❱": "ERROR"}
_RULE = re.compile(r" {2,5}(?P<arrows>❯{0,2}❱) (?P<rule>\S+)")
_FILE = re.compile(r" {4}(?P<path>\S(?:.*\S)?)")
_CODE = re.compile(r" {3,}(?P<line>\d+)┆ ?(?P<text>.*)")
_NEXT = re.compile(r" +⋮┆-{5,}")
_FIX = re.compile(r" +▶▶┆ Autofix ▶ ?(?P<text>.*)")
_DETAILS = re.compile(r" +Details: (?P<link>https?://\S+)")
_SAID = re.compile(r" {10,}(?P<text>\S.*)")


@sdk.parser(
    id="semgrep-text",
    scanner="Semgrep",
    title="Semgrep text",
    docs="https://semgrep.dev/docs/cli-reference",
    kinds=[sdk.SAST, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^│ \d+ (?:Blocking |Non-blocking )?Code Findings? │", r"^ {2,5}(?:❯){0,2}❱ \S+"),
        sdk.TextLines(r"^ {2,5}(?:❯){0,2}❱ [\w.-]+\s*$", r"^ {3,}\d+┆ "),
    ),
    versions="1.18 and later",
)
def semgrep_text(report: sdk.Report) -> sdk.Findings:
    """`semgrep scan > semgrep.txt`"""
    path: str | None = None
    rule: dict[str, sdk.Json] = {}
    code: list[tuple[str, str]] = []
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        begun, file = _RULE.fullmatch(line), _FILE.fullmatch(line)
        if not (begun or file or _NEXT.fullmatch(line)):
            if rule:
                _add(rule, code, line)
            continue
        if path and rule and code:
            yield _finding(path, rule, code)
        code = []
        if begun:
            rule = {**begun.groupdict(), "message": [], "fix": []}
        elif file:
            path, rule = file["path"], {}
    if path and rule and code:
        yield _finding(path, rule, code)


def _add(rule: dict[str, sdk.Json], code: list[tuple[str, str]], line: str) -> None:
    """What stands below a rule: why, where more is told, how to fix it, and the code, whose lines are wrapped."""
    if quoted := _CODE.fullmatch(line):
        code.append((quoted["line"], quoted["text"]))
    elif fix := _FIX.fullmatch(line):
        rule["fix"] = [fix["text"]]
    elif details := _DETAILS.fullmatch(line):
        rule["link"] = details["link"]
    elif said := _SAID.fullmatch(line):
        if code:
            code[-1] = (code[-1][0], f"{code[-1][1]} {said['text']}")
        else:
            rule["fix" if rule["fix"] else "message"].append(said["text"])


def _finding(path: str, rule: dict[str, sdk.Json], code: list[tuple[str, str]]) -> sdk.ReportedFinding:
    word, fix = _WORDS[rule["arrows"]], " ".join(rule["fix"])
    rule["fix"] = []
    quoted = "\n".join(text for _, text in code)
    is_secret = semgrep.is_of_secrets(rule["rule"])
    return sdk.ReportedFinding(
        kind=sdk.SECRET if is_secret else sdk.SAST,
        title=rule["rule"].rsplit(".", 1)[-1],
        severity=sdk.severity(word, semgrep.SEVERITIES),
        severity_reported=word,
        rule_id=rule["rule"],
        description=" ".join(rule["message"]) or None,
        remediation=f"Replace with: {fix}" if fix else None,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(code[0][0]),
                end_line=sdk.line(code[-1][0]),
                snippet=None if is_secret else quoted,
            ),
        ),
        references=sdk.urls(rule.get("link")),
        secret=quoted if is_secret else None,
    )
