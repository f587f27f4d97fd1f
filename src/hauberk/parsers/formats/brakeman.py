"""Brakeman: the security scanner for Ruby on Rails, as JSON, as CSV and as text."""

import re
from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

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
            read = partial(_warning, is_ignored=node.pattern.startswith("ignored"))
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
    yield from _warning({**warning, "cwe_id": row.get("CWE")}, is_ignored=False)


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
    """`brakeman > brakeman.txt`; in columns below each other since version 4, in a table before"""
    warning: dict[str, sdk.Json] = {}
    for node in report.lines():
        line = sdk.uncoloured(node.value)
        told, about = _TOLD.fullmatch(line), _ABOUT.fullmatch(line)
        if warning and (not line.strip() or (told and told[1] == "Confidence")):
            yield from _warning(warning, is_ignored=False)
            warning = {}
        if told and (warning or told[1] == "Confidence"):
            warning[_KEYS.get(told[1], told[1].lower())] = told[2].strip()
        elif about and about[1] == "Brakeman Version":
            yield sdk.ReportHeader(tool_version=about[2].strip())
        elif about:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(about[2].strip()))
    if warning:
        yield from _warning(warning, is_ignored=False)


def _warning(warning: sdk.Json, *, is_ignored: bool) -> sdk.Findings:
    sure = sdk.text(warning.get("confidence"))
    quoted = sdk.text(warning.get("user_input"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=f"{warning['warning_type']}: {warning['message']}",
        severity=sdk.Severity.MEDIUM,  # Brakeman says how sure it is, not how bad it would be
        rule_id=sdk.text(warning.get("check_name")) or warning["warning_type"],
        rule_name=warning["warning_type"],
        description=f"Input: {quoted}" if quoted else None,
        identifiers=sdk.identifiers(warning["message"]),
        cwes=sdk.cwes(warning.get("cwe_id")),
        locations=(_place(warning), *_path(warning)),
        references=sdk.urls(warning.get("link")),
        confidence=sure,
        stable_id=sdk.text(warning.get("fingerprint")),
        suppression=sdk.suppression(is_ignored, where="inline", justification=warning.get("note")),
    )


def _place(warning: sdk.Json) -> sdk.Location:
    at = warning.get("location") or {}
    return sdk.Location(
        path=warning.get("file"),
        line=sdk.line(warning.get("line")),
        symbol=_method(at) or sdk.text(at.get("template")),
        snippet=sdk.text(warning.get("code")),
    )


def _method(said: sdk.Json) -> str:
    return ".".join(sdk.texts([said.get("class"), said.get("method")]))


def _path(warning: sdk.Json) -> Iterator[sdk.Location]:
    """How the template is reached from a controller."""
    for step in sdk.listed(warning.get("render_path")):
        if isinstance(step, dict):
            path, line = sdk.text(step.get("file")), sdk.line(step.get("line"))
            yield sdk.Location(path=path, line=line, symbol=_method(step) or sdk.text(step.get("name")))
