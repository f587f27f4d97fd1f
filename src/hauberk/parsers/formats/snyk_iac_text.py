"""Snyk IaC for people: what `snyk iac test` prints, in its first and its present layout."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_ISSUE = re.compile(r" +\[(?P<word>Critical|High|Medium|Low)\] (?P<title>\S.*)")
_SAID = re.compile(r"  (?P<name>Info|Rule|Path|File|Resolve): +(?P<value>\S.*)")
_MORE = re.compile(r" {7,}(?P<value>\S.*)")
_LINE = re.compile(r"(?P<path>.+):(?P<line>\d+)")
_FIRST = re.compile(
    r" +\S{1,3} (?P<title>\S.*?) \[(?P<word>\w+) Severity\] ?\[(?P<Rule>[\w-]+)\](?: in (?P<part>\S.*))?"
)
_KEYS = re.compile(r" +introduced by (?P<Path>\S.*)")
_TARGET = re.compile(r"Target file: +(?P<File>\S.*)")
_END = re.compile(r"Test Summary|Report Complete|-{20,}")
_Said = dict[str, str]


@sdk.parser(
    id="snyk-iac-text",
    scanner="Snyk",
    title="Snyk IaC text",
    docs="https://docs.snyk.io/snyk-cli/commands/iac-test",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^ +\[(?:Critical|High|Medium|Low)\] \S", r"^ +Rule: +\S", r"^ +File: +\S"),
        sdk.TextLines(r"^Snyk Infrastructure [Aa]s Code", r"^ +No vulnerable paths were found!"),
        sdk.TextLines(r"^Infrastructure as code issues:", r"^ +\S{1,9} \S.* \[\w+ Severity\] ?\[[\w-]+\]"),
    ),
    versions="`snyk iac test`; the JSON says more",
)
def snyk_iac_text(report: sdk.Report) -> sdk.Findings:
    """`snyk iac test > snyk-iac.txt`"""
    for said in _issues(report):
        yield from _finding(said)


def _issues(report: sdk.Report) -> Iterator[_Said]:
    """In the present layout, what is said of each stands below it; in the first, their file stands below all."""
    issues: list[_Said] = []
    name, is_listed = "", False
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        first = _FIRST.fullmatch(line)
        if begun := first or _ISSUE.fullmatch(line):
            issues.append({key: value for key, value in begun.groupdict().items() if value})
            name, is_listed = "", not first
        elif target := _TARGET.fullmatch(line):
            yield from (each | target.groupdict() for each in issues)
            issues = []
        elif _END.fullmatch(line) and is_listed:
            yield from issues
            issues, is_listed = [], False
        elif issues and (keys := _KEYS.fullmatch(line)):
            issues[-1] |= keys.groupdict()
        elif issues and (told := _SAID.fullmatch(line)):
            name = told["name"]
            issues[-1][name] = told["value"]
        elif issues and name and (more := _MORE.fullmatch(line)):
            is_address = name in ("Rule", "File")  # broken where the line was full, not where a word ends
            issues[-1][name] += ("" if is_address else " ") + more["value"]
        elif not line:
            name = ""
    if issues:
        raise sdk.ReportError("truncated", "The report ends before it sums up what it found; it was cut off.")


def _finding(said: _Said) -> sdk.Findings:
    rule, place = said.get("Rule", ""), _LINE.fullmatch(said.get("File", ""))
    path = place["path"] if place else said.get("File")
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=said["title"],
        severity=sdk.severity(said["word"]),
        severity_reported=said["word"].lower(),
        rule_id=rule.removeprefix("custom rule ").rstrip("/").rpartition("/")[2] or None,
        rule_name=said.get("part"),
        description=said.get("Info"),
        remediation=said.get("Resolve"),
        locations=(
            sdk.Location(
                path=path, line=sdk.line(place["line"]) if place else None, resource=said.get("Path")
            ),
        ),
        references=sdk.urls(rule),
        target=path,
    )
