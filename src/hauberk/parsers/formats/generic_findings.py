"""DefectDojo's "Generic Findings Import": the JSON and CSV that many in-house tools already write."""

from collections.abc import Set as AbstractSet

from hauberk.parsers import sdk
from hauberk.parsers.dialects import generic_findings

_DOCS = "https://docs.defectdojo.com/supported_tools/parsers/generic_findings_import/"


def _is_generic_json(probe: sdk.Probe) -> int:
    """Mostly its own fields: a list of findings with a title is what many other tools write as well."""
    first = sdk.pick(probe.json, "findings.0")
    if not isinstance(first, dict) or sdk.pick(probe.json, "format") is not None:
        return 0
    return _is_generic(set(first), generic_findings.FIELDS & set(first), {"title", "severity"})


def _is_generic_csv(probe: sdk.Probe) -> int:
    return max((_has_columns(header, is_lenient=probe.is_lenient) for header in probe.headers), default=0)


def _has_columns(header: AbstractSet[str], *, is_lenient: bool) -> int:
    known = {name: field for name in header if (field := generic_findings.field_of(name))}
    if is_lenient:  # however they are written
        return _is_generic(header, known.keys(), set()) * int({"title", "severity"} <= set(known.values()))
    return _is_generic(header, known.keys(), {"Title", "Severity"})


def _is_generic(said: AbstractSet[str], known: AbstractSet[str], required: AbstractSet[str]) -> int:
    """Any format that knows more of these names than that they are common wins."""
    return int(required <= said and len(known) >= 0.7 * len(said))


@sdk.parser(
    id="generic-findings-json",
    scanner="Generic findings",
    title="Generic Findings Import (JSON)",
    docs=_DOCS,
    kinds=[sdk.DAST, sdk.SAST, sdk.SCA, sdk.MANUAL],
    sniff=_is_generic_json,
    items=sdk.JsonItems("findings.item"),
    header={"scanner": "type"},
)
def generic_findings_json(finding: sdk.Json) -> sdk.Findings:
    """`{"findings": [{"title": ..., "severity": ..., "description": ...}]}`, written by your own tool"""
    yield generic_findings.finding(finding)


@sdk.parser(
    id="generic-findings-csv",
    scanner="Generic findings",
    title="Generic Findings Import (CSV)",
    docs=_DOCS,
    kinds=[sdk.DAST, sdk.SAST, sdk.SCA, sdk.MANUAL],
    sniff=_is_generic_csv,
    items=sdk.CsvRows("Title", "Severity"),
)
def generic_findings_csv(row: sdk.Row) -> sdk.Findings:
    """A table with the columns Date, Title, CweId, Url, Severity, Description, …, written by your own tool"""
    said: dict[str, sdk.Json] = {
        column: row[name] for name in row if row[name] and (column := generic_findings.field_of(name))
    }
    # An empty severity means Info by that format's own rules.
    yield generic_findings.finding({"severity": "Info"} | said)
