"""ESLint for people: what it prints where no formatter is asked for (stylish)."""

import re

from hauberk.parsers import sdk

_MESSAGE = re.compile(r" +(?P<line>\d+):(?P<column>\d+)  +(?P<word>error|warning)  +(?P<rest>\S.*)")
_FILE = re.compile(r"(?!✖ )\S.*")
_SUM = re.compile(r"\S{1,3} \d+ problems? \(\d+ errors?, \d+ warnings?\)")
# https://eslint.org/docs/latest/use/configure/rules#rule-severities
_SEVERITIES: sdk.Scale = {"error": sdk.Severity.HIGH, "warning": sdk.Severity.MEDIUM}


@sdk.parser(
    id="eslint-text",
    scanner="ESLint",
    title="ESLint text",
    docs="https://eslint.org/docs/latest/use/formatters/#stylish",
    kinds=[sdk.SAST],
    sniff=sdk.TextLines(r"^\S.*\r?\n +\d+:\d+  +(?:error|warning)  +\S"),
    versions="the formatter stylish, all versions",
)
def eslint_text(report: sdk.Report) -> sdk.Findings:
    """`eslint . > eslint.txt`"""
    path, is_open = "", False
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if said := _MESSAGE.fullmatch(line):
            is_open = True
            yield _problem(path, said)
        elif _SUM.fullmatch(line):
            is_open = False
        elif _FILE.fullmatch(line):
            path = line
    if is_open:
        raise sdk.ReportError("truncated", "The report ends before it counts its problems; it was cut off.")


def _problem(path: str, said: re.Match[str]) -> sdk.ReportedFinding | sdk.ItemProblem:
    text, _, rule = said["rest"].rpartition("  ")  # the last column, where it is one
    if not text or " " in rule:
        text, rule = said["rest"], ""
    if not rule and said["word"] == "error":  # the file could not be parsed
        return sdk.ItemProblem(position=path, reason=f"ESLint: {text}")
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=text.rstrip(),
        severity=sdk.severity(said["word"], _SEVERITIES),
        severity_reported=said["word"],
        rule_id=rule or None,
        locations=(
            sdk.Location(path=path or None, line=sdk.line(said["line"]), column=sdk.line(said["column"])),
        ),
    )
