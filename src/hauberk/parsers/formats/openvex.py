"""OpenVEX: which products a vulnerability affects, as their supplier decided."""

from collections.abc import Iterator
from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, vex

_OS = sdk.OPERATING_SYSTEM_TYPES


@sdk.parser(
    id="openvex-json",
    scanner="OpenVEX",
    docs="https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md",
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("@id", values={"@context": r"https://openvex\.dev/ns.*"}),
        sdk.JsonKeys(
            "author", "statements.item.vulnerability", "statements.item.products", "statements.item.status"
        ),
    ),
    versions="0.0.1 and later",
)
def openvex(report: sdk.Report) -> sdk.Findings:
    """`vexctl create --product pkg:… --vuln CVE-… --status not_affected --justification …`"""
    for node in report.json("statements.item", "timestamp", "author", required="statements.item"):
        if node.pattern == "timestamp":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        elif node.pattern == "statements.item":
            yield from report.read(iter((node,)), _statement)


def _statement(said: sdk.Json) -> sdk.Findings:
    """One for each product, or for each of the parts that it is about."""
    for product in said.get("products") or ():
        parts = product.get("subcomponents") if isinstance(product, dict) else None
        for part in parts or said.get("subcomponents") or (product,):
            yield _finding(said, _name(product), _name(part))


def _name(product: Any) -> str:
    named = sdk.text(product) or sdk.text(sdk.pick(product, "identifiers.purl"))
    return named or sdk.text(product.get("@id")) or str(product["identifiers"]["cpe23"])


def _finding(said: sdk.Json, product: str, part: str) -> sdk.ReportedFinding:
    known, state = said["vulnerability"], said["status"]
    identifier = sdk.text(known) or sdk.text(known.get("name")) or str(known["@id"])
    identifiers = sdk.identifiers(identifier, list(_aliases(known)))
    name, version = sdk.package_of(part) or (part, None)
    is_image = part.startswith(tuple(f"pkg:{kind}/" for kind in _OS))
    reasons = [sdk.text(said.get(key)) for key in ("justification", "impact_statement", "status_notes")]
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_image else sdk.SCA,
        title=packages.title(identifier, name, version),
        severity=vex.severity(state),
        rule_id=identifier,
        description=sdk.text(sdk.pick(known, "description")),
        remediation=sdk.text(said.get("action_statement")),
        identifiers=identifiers or (identifier,),
        components=(
            sdk.Component(name=name, version=version, purl=part if part.startswith("pkg:") else None),
        ),
        references=sdk.urls(sdk.pick(known, "@id")),
        tags=sdk.texts(state),
        suppression=vex.suppression(state, *reasons),
        target=product,
        found_at=sdk.timestamp(said.get("timestamp")),
    )


def _aliases(known: Any) -> Iterator[str]:
    yield from sdk.texts(sdk.pick(known, "aliases"))
