"""Dockle for people: the list of checkpoints that it prints where no format is asked for."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import dockle

_CHECK = re.compile(r"(?P<level>[A-Z]+)\s+- (?P<code>[A-Z]+-[A-Z]+-\d+): (?P<title>\S.*)")
_ALERT = re.compile(r"\s+\* (?P<text>\S.*)")


@sdk.parser(
    id="dockle-text",
    scanner="Dockle",
    title="Dockle text",
    docs="https://github.com/goodwithtech/dockle#common-examples",
    kinds=[sdk.IAC],
    sniff=sdk.TextLines(r"^(?:FATAL|WARN|INFO|SKIP|PASS|IGNORE)[ \t]+- (?:CIS-DI|DKL-DI|DKL-LI)-\d{4}: "),
    versions="0.1 and later",
)
def dockle_text(report: sdk.Report) -> sdk.Findings:
    """`dockle IMAGE > dockle.txt`"""
    for check in _checks(report):
        yield from dockle.findings(check)


def _checks(report: sdk.Report) -> Iterator[dict[str, sdk.Json]]:
    check: dict[str, sdk.Json] | None = None
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if begun := _CHECK.fullmatch(line):
            if check is not None:
                yield check
            check = {**begun.groupdict(), "alerts": []}
        elif check is not None and (alert := _ALERT.fullmatch(line)):
            check["alerts"].append(alert["text"])
    if check is not None:
        yield check
