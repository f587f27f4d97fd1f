"""Checkov for people: what it prints where nothing else is asked for."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkov

_VERSION = re.compile(r"By .+ \| version: (\S+)")
_SCAN = re.compile(r"(?P<framework>\w+) scan results:")
_CHECK = re.compile(r'Check: (?P<check_id>[A-Z]\w+): "(?P<check_name>.*)"')
_RESULT = re.compile(r"\s+(?P<word>PASSED|FAILED|SKIPPED) for resource: (?P<resource>.+)")
_FILE = re.compile(r"\s+File: (?P<path>.+?)(?::(?P<first>\d+)-(?P<last>\d+))?")
_TOLD = re.compile(r"\s+(?P<name>Guide|Severity|Suppress comment): (?P<value>.+)")
_CODE = re.compile(r"\s+\d+\s*\| ?(?P<text>.*)")


@sdk.parser(
    id="checkov-text",
    scanner="Checkov",
    title="Checkov text",
    docs="https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html",
    kinds=[sdk.IAC, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^\w+ scan results:\s*$", r"^Passed checks: \d+, Failed checks: \d+"),
        sdk.TextLines(r'^Check: CKV\w+: ".*"\s*$', r"^\s+(?:PASSED|FAILED|SKIPPED) for resource: "),
    ),
    versions="2 and 3; of packages, which it prints as a table, the JSON report tells",
)
def checkov_text(report: sdk.Report) -> sdk.Findings:
    """`checkov -d . > checkov.txt`"""
    framework = ""
    said: dict[str, sdk.Json] = {}
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if check := _CHECK.fullmatch(line):
            yield from _told(framework, said)
            said = {**check.groupdict()}
        elif scan := _SCAN.fullmatch(line):
            yield from _told(framework, said)
            framework, said = scan["framework"], {}
        elif version := _VERSION.search(line):
            yield sdk.ReportHeader(tool_version=version[1])
        elif said:
            _add(said, line)
    yield from _told(framework, said)


def _add(said: dict[str, sdk.Json], line: str) -> None:
    if result := _RESULT.fullmatch(line):
        said |= result.groupdict()
    elif told := _TOLD.fullmatch(line):
        said[told["name"]] = told["value"]
    elif (code := _CODE.fullmatch(line)) and "path" in said:
        said.setdefault("code", []).append([0, code["text"] + "\n"])
    elif file := _FILE.fullmatch(line):
        said |= file.groupdict()


def _told(framework: str, said: dict[str, sdk.Json]) -> sdk.Findings:
    if said.get("word") in ("FAILED", "SKIPPED"):
        yield from checkov.check(
            checkov.kind_of(framework),
            said["word"] == "SKIPPED",
            {
                "check_id": said["check_id"],
                "check_name": said["check_name"],
                "check_result": {"suppress_comment": said.get("Suppress comment")},
                "severity": said.get("Severity"),
                "file_path": said.get("path"),
                "file_line_range": [said.get("first"), said.get("last")],
                "resource": said.get("resource"),
                "guideline": said.get("Guide"),
                "code_block": said.get("code"),
            },
        )
