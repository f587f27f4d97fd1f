"""cfn_nag for people: what it prints of each template."""

import re
from functools import partial
from itertools import zip_longest

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cfn_nag

_RULE = re.compile(r"\| (?P<type>FAIL|WARN) (?P<id>\w+)")
_SAID = re.compile(r"\| (?P<name>Resource|Line Number|Element Type)s?: \[(?P<values>.*)\]")
_MESSAGE = re.compile(r"\| (?P<text>\S.*)")
_DRAWN = re.compile(r"(?:-{60})+")
_FILE = re.compile(r"(?!-{60}|\||(?:Failures|Warnings) count: ).+")


@sdk.parser(
    id="cfn-nag-text",
    scanner="cfn_nag",
    title="cfn_nag text",
    docs="https://github.com/stelligent/cfn_nag#usage",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^-{60}", r"\| (?:FAIL|WARN) [A-Z]\w*\d\s*(?:\x1b|$)"),
        sdk.TextLines(r"^-{60}", r"^Failures count: \d+", r"^Warnings count: \d+"),
    ),
    versions="0.3 and later",
)
def cfn_nag_text(report: sdk.Report) -> sdk.Findings:
    """`cfn_nag_scan --input-path templates/ > cfn-nag.txt`"""
    path, previous = "", ""
    said: dict[str, sdk.Json] = {}
    begun: sdk.Node | None = None
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if rule := _RULE.fullmatch(line):
            said, begun = rule.groupdict(), node
        elif said and (told := _SAID.fullmatch(line)):
            said[told["name"]] = [each.strip(' "') for each in told["values"].split(",")]
        elif said and begun and (message := _MESSAGE.fullmatch(line)):
            yield from report.read_one(begun, partial(_violation, path, {**said, "message": message["text"]}))
            said = {}
        elif _DRAWN.fullmatch(previous) and _FILE.fullmatch(line):
            path = line
            yield sdk.ReportHeader(targets=(path,))
        previous = line
    if said:
        yield sdk.ItemProblem(position=path or "end", reason="it was cut off before it says what is wrong")


def _violation(path: str, said: dict[str, sdk.Json], _line: str) -> sdk.Findings:
    names = said.get("Resource") or [None]
    for name, line in zip_longest(names, (said.get("Line Number") or [])[: len(names)]):
        yield cfn_nag.finding(path, said, name, line)
