"""Rootkit Hunter: the checks of its log that ended in a warning, with what it says of them."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_LINE = re.compile(r"\[\d\d:\d\d:\d\d\] ?(?P<text>.*)")
_OUTCOME = "[ Warning ]"
_VERSION = re.compile(r"Running Rootkit Hunter version (?P<version>\S+) on (?P<host>\S+)")
_STARTED = re.compile(r"Info: Start date is (?P<date>.+)")
_FORMAT = "%a %b %d %H:%M:%S UTC %Y"


@sdk.parser(
    id="rkhunter-log",
    scanner="Rootkit Hunter",
    docs="https://rkhunter.sourceforge.net/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(r"^\[\d\d:\d\d:\d\d\] Running Rootkit Hunter version "),
    versions="1.4.x",
)
def rkhunter(report: sdk.Report) -> sdk.Findings:
    """`rkhunter --check --skip-keypress`: the file `/var/log/rkhunter.log`"""
    host: str | None = None
    check, details = "", list[str]()
    for node in report.lines():
        stamped = _LINE.fullmatch(node.value.rstrip())
        text = stamped["text"] if stamped else node.value
        line = text.strip()
        if about := _VERSION.match(line):
            host = about["host"]
            yield sdk.ReportHeader(tool_version=about["version"], asset=host, asset_kind="host")
        elif started := _STARTED.fullmatch(line):
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(started["date"], _FORMAT))
        elif line.endswith(_OUTCOME):
            yield from _finding(host, check, details)
            check, details = line.removesuffix(_OUTCOME).strip().removeprefix("Warning: "), []
        elif line.startswith("Warning: "):
            if not check:
                check = line.removeprefix("Warning: ")
            details.append(line.removeprefix("Warning: "))
        elif check and text.startswith(" " * 9):
            details.append(line)
        else:
            yield from _finding(host, check, details)
            check, details = "", []
    yield from _finding(host, check, details)


def _finding(host: str | None, check: str, details: list[str]) -> Iterator[sdk.ReportedFinding]:
    if check:
        yield sdk.ReportedFinding(
            kind=sdk.INFRASTRUCTURE,
            title=check,
            severity=sdk.Severity.MEDIUM,  # rkhunter knows only warnings
            severity_reported="Warning",
            rule_id=check,
            description="\n".join(details[:200]) or None,
            locations=(sdk.Location(host=host),) if host else (),
        )
