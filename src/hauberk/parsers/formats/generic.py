"""Hauberk's own format, for tools that nobody reads yet: our shape of a finding as JSON, or one row of CSV each.

Its schema is `docs/guides/generic-format.md`, its fields are those of `domain.reported`.
"""

import re

import msgspec

from hauberk.parsers import sdk

_DOCS = "guides/generic-format.md"  # a page of this documentation
_ABOUT = (
    "scanner",
    "tool_version",
    "scanned_at",
    "asset",
    "asset_kind",
    "repository",
    "image",
    "image_digests",
    "ref",
    "scope",
    "targets",
    "is_partial",
)
# Suppliers' statements come as VEX documents.
_FIELDS = frozenset(sdk.ReportedFinding.__struct_fields__) - {"vex"}
_LOCATION = frozenset(sdk.Location.__struct_fields__)
_NESTED = {
    "locations": _LOCATION,
    "components": frozenset(sdk.Component.__struct_fields__),
    "cvss": frozenset(sdk.Cvss.__struct_fields__),
}
_COMPONENT = {
    "component": "name",
    "version": "version",
    "purl": "purl",
    "fixed_versions": "fixed_versions",
    "component_path": "path",
    "layer": "layer",
}
_LISTS = ("identifiers", "cwes", "references", "tags", "fixed_versions")
_BETWEEN = re.compile(r"\s*[;\n]\s*")
_COLUMNS = ("kind", "title", "severity")


@sdk.parser(
    id="hauberk-json",
    scanner="Hauberk",
    title="Hauberk's own JSON",
    docs=_DOCS,
    kinds=list(sdk.FindingKind),
    sniff=sdk.JsonKeys("version", values={"format": "hauberk", "version": "1"}),
    versions="1",
)
def hauberk_json(report: sdk.Report) -> sdk.Findings:
    """Write `{"format": "hauberk", "version": 1, "findings": [...]}` from any tool; the guide has an example."""
    about: dict[str, sdk.Json] = {}
    for node in report.json(*_ABOUT, "findings.item", required="findings.item"):
        if node.pattern in _ABOUT:
            about[node.pattern] = node.value
        else:
            yield from report.read_one(node, _finding)
    yield sdk.ReportHeader(
        scanner=sdk.text(about.get("scanner")),
        tool_version=sdk.text(about.get("tool_version")),
        scanned_at=sdk.timestamp(about.get("scanned_at")),
        asset=sdk.text(about.get("asset")),
        asset_kind=sdk.text(about.get("asset_kind")),
        ref=sdk.text(about.get("ref")),
        scope=sdk.text(about.get("scope")),
        identifiers=sdk.repository(about.get("repository"))
        + sdk.image(about.get("image"), about.get("image_digests")),
        targets=sdk.texts(about.get("targets")),
        is_partial=about.get("is_partial") is True,
    )


@sdk.parser(
    id="hauberk-csv",
    scanner="Hauberk",
    title="Hauberk's own CSV",
    docs=_DOCS,
    kinds=list(sdk.FindingKind),
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="1",
)
def hauberk_csv(row: sdk.Row) -> sdk.Findings:
    """A table with the columns `kind`, `title`, `severity` and any other that the guide names; a place is a row."""
    said: dict[str, sdk.Json] = {name: value for name, value in row.items() if value}
    for name in _LISTS:
        if name in said:
            said[name] = [word for word in _BETWEEN.split(said[name]) if word]
    item = {name: value for name, value in said.items() if name in _FIELDS}
    location = {name: value for name, value in said.items() if name in _LOCATION}
    component = {field: said[column] for column, field in _COMPONENT.items() if column in said}
    if location:
        item["locations"] = [location]
    if component:
        item["components"] = [component | {"name": component.get("name") or component.get("purl", "")}]
    if "cvss_vector" in said or "cvss_score" in said:
        item["cvss"] = [{"vector": said.get("cvss_vector"), "score": said.get("cvss_score")}]
    if "suppressed" in said:
        item["suppression"] = {"justification": said["suppressed"]}
    yield from _finding(item)


def _finding(item: sdk.Json) -> sdk.Findings:
    """The item as it stands. A field that is not ours is refused: most likely it is one of ours, misspelt."""
    _check(item, _FIELDS)
    for field, known in _NESTED.items():
        for each in sdk.listed(item.get(field)):
            _check(each, known)
    word = sdk.text(item["severity"])
    said = item | {
        "severity": sdk.severity(word),
        "severity_reported": item.get("severity_reported") or word,
        "found_at": sdk.timestamp(item.get("found_at")),
        "cwes": sdk.cwes(item.get("cwes")),
        "identifiers": [
            name
            for given in sdk.texts(item.get("identifiers"))
            for name in sdk.identifiers(given) or (given,)
        ],
        "cvss": [found for each in sdk.listed(item.get("cvss")) if (found := _assessment(each))],
    }
    try:
        yield msgspec.convert(said, sdk.ReportedFinding, strict=False)
    except msgspec.ValidationError as error:
        raise sdk.UnreadableItem(f"a value of it is wrong: {error}") from error


def _assessment(said: sdk.Json) -> sdk.Cvss | None:
    return sdk.cvss(
        said.get("vector"), said.get("score"), sdk.text(said.get("source")), sdk.text(said.get("version"))
    )


def _check(value: sdk.Json, known: frozenset[str]) -> None:
    unknown = sorted(set(value) - known)
    if unknown:
        raise sdk.UnreadableItem(f"it has unknown fields {', '.join(unknown)}")
