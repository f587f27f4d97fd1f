"""firmwalker: what lies in the file system of a firmware image and should be looked at."""

import re

from hauberk.parsers import sdk

_SECTION = re.compile(r"\*\*\*(?:Search for |List )?(.+?)\*\*\*")  # `***Search for SSL related files***`
# `-------------------- admin --------------------`
_PATTERN = re.compile(r"(?:#{10,}|-{10,}) ?(.+?)(?: -{10,})?")
_HASHED = re.compile(r":\$\d\$")


@sdk.parser(
    id="firmwalker-text",
    scanner="firmwalker",
    docs="https://github.com/craigz28/firmwalker#usage",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(r"^\*\*\*Firmware Directory\*\*\*\r?$", r"^\*\*\*Search for "),
)
def firmwalker(report: sdk.Report) -> sdk.Findings:
    """`firmwalker.sh EXTRACTED-ROOT firmwalker.txt`"""
    section, pattern = "", ""
    for node in report.lines():
        line = node.value.strip()
        if heading := _SECTION.fullmatch(line):
            section, pattern = heading[1], ""
        elif heading := _PATTERN.fullmatch(line):
            pattern = heading[1]
        elif section == "Firmware Directory":
            yield sdk.ReportHeader(asset=sdk.text(line))
        elif line.startswith("/"):
            path = _HASHED.split(line)[0]  # behind it stands the hash of a password
            yield sdk.ReportedFinding(
                kind=sdk.INFRASTRUCTURE,
                title=f"{path} ({section})",
                severity=sdk.Severity.INFO,  # firmwalker rates nothing
                rule_id=f"{section}: {pattern}" if pattern else section,
                locations=(sdk.Location(path=path, resource=path),),
            )
