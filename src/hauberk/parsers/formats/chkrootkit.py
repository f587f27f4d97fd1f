"""chkrootkit: signs of rootkits on a machine."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_CHECK = re.compile(r"(?:Checking|Searching for(?: for)?) [`']?(?P<check>.+?)'?\.\.\.\s*(?P<outcome>.*)")
_BAD = re.compile(r"INFECTED|WARNING|Vulnerable|[Ss]uspicious|[Pp]ossible|\bfound it\b")
_GOOD = re.compile(r"\bnot? |nothing|none\b", re.IGNORECASE)
_ALONE = re.compile(r"(?:\w+: )?(?:WARNING|INFECTED)\b:? ?(?:\w+: )?(?P<text>.*)|.*\bINFECTED\b.*")


@sdk.parser(
    id="chkrootkit-text",
    scanner="chkrootkit",
    docs="https://www.chkrootkit.org/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^ROOTDIR is `"),
        sdk.TextLines(r"^Checking `\w+'\.\.\. "),
        sdk.TextLines(r"^(?:\w+: )?WARNING: chk"),
        sdk.TextLines(r"^chk\w+: WARNING: "),
    ),
    versions="0.4x and 0.5x",
)
def chkrootkit(report: sdk.Report) -> sdk.Findings:
    """`chkrootkit > chkrootkit.txt` (or `chkrootkit -q`, which shows only what was found)"""
    check, outcome = "", ""
    details: list[str] = []
    for node in report.lines():
        line = node.value.strip()
        started = _CHECK.fullmatch(line)
        if started:
            yield from _finding(check, outcome, details)
            is_bad = _BAD.search(started["outcome"]) and not _GOOD.match(started["outcome"])
            check, outcome, details = (started["check"], started["outcome"], []) if is_bad else ("", "", [])
        elif check and line:
            details.append(line)
        elif alone := _ALONE.fullmatch(line):
            yield from _finding(alone["text"] or line, "INFECTED" if "INFECTED" in line else "WARNING", [])
    yield from _finding(check, outcome, details)


def _finding(check: str, outcome: str, details: list[str]) -> Iterator[sdk.ReportedFinding]:
    if check:
        yield sdk.ReportedFinding(
            kind=sdk.INFRASTRUCTURE,
            title=check,
            # chkrootkit rates nothing: an infection is sure, a warning is to be looked at
            severity=sdk.Severity.HIGH if "INFECTED" in outcome else sdk.Severity.MEDIUM,
            severity_reported=outcome.partition(" ")[0],
            rule_id=check,
            description="\n".join(details[:200]) or None,
        )
