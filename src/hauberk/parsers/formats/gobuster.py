"""Gobuster: paths of a web server, guessed from word lists."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

_LINE = re.compile(
    r"^(?P<found>\S+)\s+\(Status: (?P<code>\d{3})\)(?: \[Size: (?P<size>\d+)\])?(?: \[--> (?P<to>[^\]]*)\])?"
)


@sdk.parser(
    id="gobuster-txt",
    scanner="Gobuster",
    docs="https://github.com/OJ/gobuster#dir-mode",
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"^\S+\s+\(Status: \d{3}\)"),
    versions="2 and 3, mode `dir`",
)
def gobuster(report: sdk.Report) -> sdk.Findings:
    """`gobuster dir -e -u https://app.example -w words.txt -o gobuster.txt`; without `-e` it names no host."""
    for node in report.lines():
        line = str(node.value).strip()
        match = _LINE.match(line)
        if match:
            yield found_paths.answer(match["found"], match["code"], size=match["size"], redirect=match["to"])
        elif line.strip("="):
            yield sdk.ItemProblem(position=node.position, reason="it is no line about a path")
