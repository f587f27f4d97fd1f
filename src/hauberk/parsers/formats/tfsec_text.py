"""tfsec for people: what it prints where nothing else is asked for."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import tfsec

_RESULT = re.compile(r"Result #\d+ (?P<severity>[A-Z]+) (?P<description>.+)")
_PLACE = re.compile(r"  (?P<filename>\S.*?):(?P<start_line>\d+)(?:-(?P<end_line>\d+))?")
_ID = re.compile(r" +ID (?P<id>[\w-]+)")
_TOLD = re.compile(r" +(?P<name>Impact|Resolution) (?P<value>.+)")
_LINK = re.compile(r" +- (https?://\S+)")


@sdk.parser(
    id="tfsec-text",
    scanner="tfsec",
    title="tfsec text",
    docs="https://aquasecurity.github.io/tfsec/latest/guides/usage/",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^Result #\d+ (?:CRITICAL|HIGH|MEDIUM|LOW) ", r"^ +ID [\w-]+\s*$", r"^ +Impact "),
        sdk.TextLines(r"tfsec", r"^ +blocks processed +\d+", r"^No problems detected!"),
    ),
    versions="1.x",
)
def tfsec_text(report: sdk.Report) -> sdk.Findings:
    """`tfsec . --no-colour > tfsec.txt`"""
    said: dict[str, sdk.Json] = {}
    begun: sdk.Node | None = None
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if result := _RESULT.fullmatch(line):
            yield from report.read_one(begun, partial(_told, said)) if begun else ()
            said, begun = {**result.groupdict(), "links": []}, node
        elif not said:
            continue
        elif "location" not in said and (place := _PLACE.fullmatch(line)):
            said["location"] = place.groupdict()
        elif known := _ID.fullmatch(line):
            said["rule_id"] = known["id"]
        elif told := _TOLD.fullmatch(line):
            said[told["name"].lower()] = told["value"]
        elif link := _LINK.fullmatch(line):
            said["links"].append(link[1])
    yield from report.read_one(begun, partial(_told, said)) if begun else ()


def _told(said: dict[str, sdk.Json], _line: str) -> sdk.Findings:
    if "rule_id" not in said or "location" not in said:
        raise sdk.UnreadableItem("It is cut off before its place and its rule.")
    yield from tfsec.finding(said)
