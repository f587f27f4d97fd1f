"""Brakeman: the security scanner for Ruby on Rails, as JSON and CSV."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://brakemanscanner.org/docs/options/"
_COLUMNS = ("Confidence", "Warning Type", "File", "Line", "Message", "Check Name", "Fingerprint")


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
    versions="3 and later",
)
def brakeman(report: sdk.Report) -> sdk.Findings:
    """`brakeman -f json -o brakeman.json`"""
    for node in report.json("scan_info", "warnings.item", "ignored_warnings.item", required="warnings.item"):
        if node.pattern == "scan_info":
            yield sdk.ReportHeader(
                tool_version=sdk.text(sdk.pick(node.value, "brakeman_version")),
                scanned_at=sdk.timestamp(sdk.pick(node.value, "end_time")),
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
