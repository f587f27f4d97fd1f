"""Brakeman: the security scanner for Ruby on Rails, as JSON, as CSV and as text."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import brakeman as dialect

_DOCS = "https://brakemanscanner.org/docs/options/"
_COLUMNS = ("Confidence", "Warning Type", "File", "Line", "Message", "Check Name", "Fingerprint")
_TOLD = re.compile(r"(Confidence|Category|Check|Message|Code|File|Line): (.+)")
_KEYS = {"Category": "warning_type", "Check": "check_name"}
_ABOUT = re.compile(r"(Brakeman Version|Scan Date): (.+)")


@sdk.parser(
    id="brakeman-json",
    scanner="Brakeman",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("scan_info.brakeman_version"),
        sdk.JsonKeys("scan_info.rails_version", "warnings"),
        sdk.JsonKeys("warnings.item.warning_type", "warnings.item.fingerprint", "warnings.item.confidence"),
    ),
    versions="1.6 and later",
)
def brakeman(report: sdk.Report) -> sdk.Findings:
    """`brakeman -f json -o brakeman.json`"""
    for node in report.json("scan_info", "warnings.item", "ignored_warnings.item", required="warnings.item"):
        if node.pattern == "scan_info":
            yield sdk.ReportHeader(
                tool_version=sdk.text(sdk.pick(node.value, "brakeman_version")),
                scanned_at=sdk.timestamp(
                    sdk.pick(node.value, "end_time") or sdk.pick(node.value, "timestamp")
                ),
            )
        else:
            read = partial(dialect.warning, is_ignored=node.pattern.startswith("ignored"))
            yield from report.read_one(node, read)


@sdk.parser(
    id="brakeman-csv",
    scanner="Brakeman",
    title="Brakeman CSV",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="5 and later",
)
def brakeman_csv(row: sdk.Row) -> sdk.Findings:
    """`brakeman -f csv -o brakeman.csv`"""
    warning = {name.lower().replace(" ", "_"): value for name, value in row.items()}
    yield from dialect.warning({**warning, "cwe_id": row.get("CWE")}, is_ignored=False)


@sdk.parser(
    id="brakeman-text",
    scanner="Brakeman",
    title="Brakeman text",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.TextLines(r"^== Brakeman Report ==\s*$", r"^Brakeman Version: "),
    versions="4 and later",
)
def brakeman_text(report: sdk.Report) -> sdk.Findings:
    """`brakeman > brakeman.txt`; in columns below each other since version 4, in tables before"""
    warning: dict[str, sdk.Json] = {}
    for node in report.lines():
        line = sdk.uncoloured(node.value)
        told, about = _TOLD.fullmatch(line), _ABOUT.fullmatch(line)
        if warning and (not line.strip() or (told and told[1] == "Confidence")):
            yield from dialect.warning(warning, is_ignored=False)
            warning = {}
        if told and (warning or told[1] == "Confidence"):
            warning[_KEYS.get(told[1], told[1].lower())] = told[2].strip()
        elif about and about[1] == "Brakeman Version":
            yield sdk.ReportHeader(tool_version=about[2].strip())
        elif about:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(about[2].strip()))
    if warning:
        yield from dialect.warning(warning, is_ignored=False)
