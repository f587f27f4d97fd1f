"""Snyk Code and Snyk Secrets for people: what `snyk code test` prints, in its first and its present layout."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

_ISSUE = re.compile(r" *\S{1,3} (?P<state>\[ ?[A-Z]+ ?[A-Z.]*\] )?\[(?P<word>\w+)\] (?P<title>\S.*)")
_SAID = re.compile(r" +(?P<name>ID|Finding ID|Path|Info|Category|Reason): +(?P<value>\S.*)")
_PLACE = re.compile(r"(?P<path>.+), line (?P<line>\d+)(?: to (?P<end>\d+))?")
_TEST_TYPE = re.compile(r"[│ ]*Test type: +(?P<value>[^│]*[^│\s])[│ ]*")
_IGNORED = "[IGNORED]"


@sdk.parser(
    id="snyk-code-text",
    scanner="Snyk",
    title="Snyk Code text",
    docs="https://docs.snyk.io/snyk-cli/commands/code-test",
    kinds=[sdk.SAST, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^ *\S{1,9} (?:\[.{1,20}\] )?\[\w+\] \S", r"^ +Path: .+, line \d+", r"^ +Info: "),
        sdk.TextLines(r"^Testing \S", r"\bTest type: +(?:Static code analysis|Secret Detection)"),
    ),
    versions="`snyk code test` and `snyk secrets test`; the SARIF says more",
)
def snyk_code_text(report: sdk.Report) -> sdk.Findings:
    """`snyk code test > snyk-code.txt`"""
    is_of_secrets = _test_type(report).lower().startswith("secret")
    said: dict[str, list[str]] = {}
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if issue := _ISSUE.fullmatch(line):
            yield from _finding(said, is_of_secrets=is_of_secrets)
            state = (issue["state"] or "").replace(" ", "")
            said = {"title": [issue["title"]], "word": [issue["word"]], "state": [state]}
        elif said and (told := _SAID.fullmatch(line)):
            said.setdefault(told["name"], []).append(told["value"].strip())
    yield from _finding(said, is_of_secrets=is_of_secrets)


def _test_type(report: sdk.Report) -> str:
    """What was tested, which stands below the issues: without it, the report was cut off."""
    lines = (sdk.uncoloured(node.value).rstrip() for node in report.lines())
    said = next(filter(None, map(_TEST_TYPE.fullmatch, lines)), None)
    if said is None:
        raise sdk.ReportError("truncated", "The report ends before it tells what was tested; it was cut off.")
    return said["value"]


def _finding(said: dict[str, list[str]], *, is_of_secrets: bool) -> sdk.Findings:
    if not said:
        return
    title, word = said["title"][0], said["word"][0]
    places = [place for each in said.get("Path", ()) if (place := _PLACE.fullmatch(each))]
    yield sdk.ReportedFinding(
        kind=sdk.SECRET if is_of_secrets else sdk.SAST,
        title=title,
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=title,  # its number is in the SARIF alone
        description="\n".join(said.get("Info", ())) or None,
        cwes=secrets.CWES if is_of_secrets else (),
        locations=tuple(
            sdk.Location(path=place["path"], line=sdk.line(place["line"]), end_line=sdk.line(place["end"]))
            for place in places
        ),
        stable_id=sdk.first(said.get("Finding ID"), said.get("ID")),
        suppression=sdk.suppression(
            said["state"][0] == _IGNORED,
            justification=": ".join((*said.get("Category", ()), *said.get("Reason", ()))),
        ),
    )
