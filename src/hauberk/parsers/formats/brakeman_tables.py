"""Brakeman before version 4 for people: its warnings in tables, by where they are."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import brakeman, drawn_table

_ABOUT = re.compile(r"(?P<name>Brakeman version|Started at):? +(?P<value>\S.*)")
_MESSAGE = re.compile(r"(?P<message>.*?) near line (?P<line>\d+)(?:: (?P<code>.*))?")
_PARTS = ("TEMPLATE", "MODEL", "CONTROLLER")
_CUT = re.compile(r"\|.*[^|\s]\s*")


@sdk.parser(
    id="brakeman-tables",
    scanner="Brakeman",
    title="Brakeman tables",
    docs="https://brakemanscanner.org/docs/options/",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^\+BRAKEMAN REPORT\+", r"^\| Scanned/Reported +\| Total"),
        sdk.TextLines(
            r"^\+SECURITY WARNINGS\+", r"^\| Confidence +\| Class +\| Method +\| Warning Type +\| Message"
        ),
    ),
    versions="1 to 3, and `-f table` of later ones; they name classes, not files",
)
def brakeman_tables(report: sdk.Report) -> sdk.Findings:
    """`brakeman > brakeman.txt`"""
    for number, part in enumerate(drawn_table.parts(_lines(report), key="CONFIDENCE")):
        if isinstance(part, dict):
            if "CONFIDENCE" in part and "MESSAGE" in part:
                yield from sdk.each([part], _warning, f"row {number}")
        elif about := _ABOUT.fullmatch(part):
            name, value = about["name"], about["value"]
            if name == "Started at":
                yield sdk.ReportHeader(scanned_at=sdk.timestamp(value))
            else:
                yield sdk.ReportHeader(tool_version=value)
        elif _CUT.fullmatch(part):  # of a narrow terminal
            yield sdk.ItemProblem(
                position=f"row {number}", reason="the line was cut off where the terminal ended"
            )


def _lines(report: sdk.Report) -> Iterator[str]:
    return (sdk.uncoloured(node.value).rstrip() for node in report.lines())


def _warning(row: drawn_table.Row) -> sdk.Findings:
    said = _MESSAGE.fullmatch(row["MESSAGE"])
    part = next((row[name] for name in _PARTS if row.get(name)), None)
    warning = {
        "warning_type": row["WARNING TYPE"],
        "message": said["message"] if said else row["MESSAGE"],
        "line": said["line"] if said else None,
        "code": said["code"] if said else None,
        "confidence": row["CONFIDENCE"],
        "location": {"class": row.get("CLASS"), "method": row.get("METHOD"), "template": part},
    }
    yield from brakeman.warning(warning, is_ignored=False)
