"""OpenVEX: which products a vulnerability affects, as their supplier states."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, vex

# It rates nothing: what a product is affected by is medium until somebody does.
_SEVERITIES = {sdk.VexStatus.AFFECTED: sdk.Severity.MEDIUM}
_OF_DOCUMENT = ("@id", "author", "version", "timestamp", "last_updated")


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
    said: dict[str, sdk.Json] = {}
    for node in report.json("statements.item", *_OF_DOCUMENT, required="statements.item"):
        if node.pattern == "statements.item":
            yield from report.read_one(node, _statement)
        else:
            said[node.pattern] = node.value
            yield _header(said)


def _header(said: sdk.Json) -> sdk.ReportHeader:
    """As far as it is known; a document is a series of its own, of which the newest edition counts."""
    identifier = sdk.text(said.get("@id"))
    return sdk.ReportHeader(
        scanned_at=vex.newest(*(sdk.timestamp(said.get(key)) for key in ("timestamp", "last_updated"))),
        scope=identifier,
        author=sdk.text(said.get("author")),
        document_id=identifier,
        document_version=sdk.text(said.get("version")),
    )


def _statement(said: sdk.Json) -> sdk.Findings:
    """One for each product, or for each of the parts that it is about."""
    for product in sdk.listed(said.get("products")):
        parts = product.get("subcomponents") if isinstance(product, dict) else None
        named = parts or said.get("subcomponents")
        for part in named or (product,):
            yield _finding(said, _name(product), _name(part), is_part=bool(named))


def _name(product: sdk.Json) -> str:
    named = sdk.first(product, sdk.pick(product, "identifiers.purl"), sdk.pick(product, "@id"))
    return named or str(product["identifiers"]["cpe23"])


def _finding(said: sdk.Json, product: str, part: str, *, is_part: bool) -> sdk.ReportedFinding:
    known, state = said["vulnerability"], sdk.VexStatus(said["status"])
    identifier = sdk.first(known, sdk.pick(known, "name")) or str(known["@id"])
    identifiers = sdk.identifiers(identifier, list(_aliases(known)))
    name, version = sdk.package_of(part) or (part, None)
    is_package = part.startswith("pkg:")
    justification, impact, notes = (
        sdk.text(said.get(key)) for key in ("justification", "impact_statement", "status_notes")
    )
    times = (sdk.timestamp(said.get(key)) for key in ("timestamp", "last_updated"))
    return sdk.ReportedFinding(
        kind=packages.kind_of(part),
        title=packages.title(identifier, name, version),
        severity=_SEVERITIES.get(state, sdk.Severity.INFO),
        rule_id=identifier,
        description=sdk.text(sdk.pick(known, "description")),
        remediation=sdk.text(said.get("action_statement")),
        identifiers=identifiers or (identifier,),
        components=(sdk.Component(name=name, version=version, purl=part if is_package else None),),
        references=sdk.urls(sdk.pick(known, "@id")),
        tags=sdk.texts(state.value),
        suppression=vex.suppression(state, justification, impact, notes),
        vex=sdk.VexStatement(
            vex_status=state,
            justification=justification,
            impact=sdk.paragraphs(impact, notes),
            action=sdk.text(said.get("action_statement")),
            author=sdk.text(said.get("supplier")),
            stated_at=vex.newest(*times),
            is_of_product=not is_part and not is_package,
        ),
        target=product,
        found_at=sdk.timestamp(said.get("timestamp")),
    )


def _aliases(known: sdk.Json) -> Iterator[str]:
    yield from sdk.texts(sdk.pick(known, "aliases"))
