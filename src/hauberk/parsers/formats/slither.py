"""Slither: Solidity and Vyper contracts."""

import re

from hauberk.parsers import sdk

_PLACE = re.compile(
    r"\s*\([^()\s]+#\d+(?:-\d+)?\)"
)  # (contracts/Vault.sol#31-38): lines move, a title shall not
_WIKI = "https://github.com/crytic/slither/wiki/Detector-Documentation"
_SEVERITIES: sdk.Scale = {  # https://secure-contracts.com/program-analysis/slither/docs/src/api/JSON-output.html
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
    "optimization": sdk.Severity.INFO,
}


@sdk.parser(
    id="slither-json",
    scanner="Slither",
    docs="https://secure-contracts.com/program-analysis/slither/docs/src/api/JSON-output.html",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("results.detectors.item.check", "results.detectors.item.impact"),
        sdk.JsonKeys("success", "error", "results.detectors"),
        sdk.JsonKeys("success", "error", "results.upgradeability-check"),
    ),
    versions="0.6 and later, `--json`",
)
def slither(report: sdk.Report) -> sdk.Findings:
    """`slither . --json slither.json`"""
    for node in report.json("error", "results.detectors.item", "results.upgradeability-check.item"):
        if node.pattern != "error":
            yield from report.read_one(node, _finding)
        elif reason := sdk.text(node.value):
            raise sdk.ReportError("schema_mismatch", f"Slither gave up: {reason[:200]}")


def _finding(result: sdk.Json) -> sdk.Findings:
    check, impact = result["check"], sdk.text(result.get("impact"))
    confidence = sdk.text(result.get("confidence"))
    description = result["description"]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=_PLACE.sub("", description.strip().partition("\n")[0]).rstrip(": "),
        severity=sdk.severity(impact, _SEVERITIES),
        severity_reported=impact,
        rule_id=check,
        description=sdk.paragraphs(description, confidence and f"Confidence: {confidence}"),
        locations=tuple(_location(each) for each in sdk.listed(result.get("elements"))[:1]),
        references=(f"{_WIKI}#{check}",),
    )


def _location(element: sdk.Json) -> sdk.Location:
    """The first of the elements is what the result is about; the others are named in its description."""
    where = element.get("source_mapping") or {}
    lines = sdk.listed(where.get("lines"))
    return sdk.Location(
        path=sdk.first(where.get("filename_relative"), where.get("filename_short"), where.get("filename")),
        line=sdk.line(lines[0]) if lines else None,
        end_line=sdk.line(lines[-1]) if lines else None,
        column=sdk.line(where.get("starting_column")),
        symbol=_symbol(element),
        snippet=sdk.text(element.get("name")) if element.get("type") == "node" else None,
    )


def _symbol(element: sdk.Json) -> str | None:
    """`Contract.function(types)` around it."""
    names: list[str] = []
    each: sdk.Json | None = element
    while each and len(names) < 4:
        if each.get("type") in ("contract", "function", "variable", "struct", "enum", "event"):
            signature = sdk.pick(each, "type_specific_fields.signature")
            names += sdk.texts([signature or each.get("name")])
        each = sdk.pick(each, "type_specific_fields.parent")
    return ".".join(reversed(names)) or None
