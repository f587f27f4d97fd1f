"""CSAF 2.0 and 2.1: security advisories and VEX documents of vendors."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages, vex
from hauberk.parsers.dialects.csaf import Document, Product, Scoped, about

# Which of its product states is which VEX status; `recommended` says nothing of a vulnerability.
_STATES = {
    **dict.fromkeys(("known_affected", "first_affected", "last_affected"), sdk.VexStatus.AFFECTED),
    "known_not_affected": sdk.VexStatus.NOT_AFFECTED,
    **dict.fromkeys(("fixed", "first_fixed"), sdk.VexStatus.FIXED),
    "under_investigation": sdk.VexStatus.UNDER_INVESTIGATION,
}
_FIXES = ("vendor_fix", "workaround", "mitigation")


@sdk.parser(
    id="csaf-json",
    scanner="CSAF",
    docs="https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("document.csaf_version", "document.category"),
        sdk.JsonKeys("document.publisher", "document.tracking.id", "product_tree"),
    ),
    versions="2.0 and 2.1, all profiles",
)
def csaf(report: sdk.Report) -> sdk.Findings:
    """The vendor's provider-metadata.json leads to its documents; those of the VEX profile are decisions, and read as such"""
    parts = {str(node.key): node.value for node in report.json("document", "product_tree")}
    document = Document(parts.get("document") or {}, parts.get("product_tree"))
    yield sdk.ReportHeader(
        scanned_at=sdk.timestamp(sdk.pick(document.said, "tracking.current_release_date")),
        scope=document.id,
        author=document.publisher,
        document_id=document.id,
        document_version=sdk.text(sdk.pick(document.said, "tracking.version")),
    )
    yield from report.read(report.json("vulnerabilities.item"), partial(_vulnerability, document))


def _vulnerability(document: Document, said: sdk.Json) -> sdk.Findings:
    """One for each product that it says something of, once: the first of its states counts."""
    scoped = {key: document.scoped(said.get(key)) for key in ("threats", "flags", "remediations")}
    scoped["scores"] = document.scoped([*(said.get("scores") or ()), *(said.get("metrics") or ())])
    seen: set[str] = set()
    for name, state in _STATES.items():
        for product in sdk.texts(sdk.pick(said, f"product_status.{name}")):
            if product not in seen:
                seen.add(product)
                yield _finding(document, said, scoped, product, state)


def _finding(
    document: Document, said: sdk.Json, scoped: dict[str, Scoped], product_id: str, state: sdk.VexStatus
) -> sdk.ReportedFinding:
    product = document.product(product_id)
    threats, flags, remedies = (
        about(scoped[key], product_id) for key in ("threats", "flags", "remediations")
    )
    impacts = sdk.texts([each.get("details") for each in threats if each.get("category") == "impact"])
    rated = document.assessments(scoped["scores"], product_id)
    word, severity = _severity(impacts, rated)
    named = sdk.texts([said.get("cve"), *(each.get("text") for each in sdk.listed(said.get("ids")))])
    name = sdk.first(named) or document.id
    fixes = sdk.texts([each.get("details") for each in remedies if each.get("category") in _FIXES])
    labels = sdk.texts([each.get("label") for each in flags])
    reasons = (*labels, *(impacts if state == sdk.VexStatus.NOT_AFFECTED else ()))
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(sdk.text(said.get("title")) or name, product.name, product.version),
        severity=vex.severity(state, severity),
        severity_reported=word,
        rule_id=name,
        description=_note(said),
        remediation=sdk.first(fixes),
        identifiers=sdk.identifiers(named),
        cwes=sdk.cwes(sdk.pick(said, "cwe.id"), [each.get("id") for each in sdk.listed(said.get("cwes"))]),
        cvss=tuple(dict.fromkeys(each for each, _ in rated)),
        components=(sdk.Component(name=product.name, version=product.version, purl=product.purl),),
        references=sdk.urls(
            *([each.get("url") for each in listed or ()] for listed in (said.get("references"), remedies)),
            document.references,
        ),
        tags=sdk.texts([state.value, document.id]),
        stable_id=f"{document.id}|{product_id}|{name}",
        suppression=vex.suppression(state, *reasons),
        vex=_statement(product, state, labels, impacts, fixes) if document.is_vex else None,
        target=product.part_of,
        found_at=sdk.timestamp(said.get("discovery_date")) or sdk.timestamp(said.get("release_date")),
    )


def _statement(
    product: Product,
    state: sdk.VexStatus,
    labels: tuple[str, ...],
    impacts: tuple[str, ...],
    fixes: tuple[str, ...],
) -> sdk.VexStatement:
    return sdk.VexStatement(
        vex_status=state,
        justification=sdk.first(labels),
        impact=sdk.paragraphs(*impacts),
        action=sdk.paragraphs(*fixes),
        is_of_product=product.purl is None and product.part_of is None,
        versions=sdk.texts(product.version_range),
    )


def _severity(
    impacts: tuple[str, ...], rated: list[tuple[sdk.Cvss, str | None]]
) -> tuple[str | None, sdk.Severity]:
    """The vendor's own word for the impact, where it is one of severity; else that of the score."""
    for word in (*impacts, *(word for _, word in rated)):
        if word and sdk.severity(word) is not sdk.Severity.UNKNOWN:
            return word, sdk.severity(word)
    return None, sdk.severity_of_score(rated[0][0].score) if rated else sdk.Severity.UNKNOWN


def _note(said: sdk.Json) -> str | None:
    notes = {each.get("category"): sdk.text(each.get("text")) for each in sdk.listed(said.get("notes"))}
    return notes.get("description") or notes.get("summary") or notes.get("details")
