"""Scantist: known vulnerabilities and bugs of open-source libraries."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="scantist-json",
    scanner="Scantist",
    docs="https://docs.scantist.io/",
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("item.Public ID", "item.Library", "item.Library Version"),
    items=sdk.JsonItems("item"),
)
def scantist(said: sdk.Json) -> sdk.Findings:
    """A project → Vulnerabilities → Export → JSON"""
    library, version = said["Library"], sdk.text(said.get("Library Version"))
    identifier, word, path = said["Public ID"], sdk.text(said.get("Score")), sdk.text(said.get("File Path"))
    name = library.replace(" ", ":", 1)  # Maven's group and artifact stand side by side
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(identifier, library, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=identifier,
        description=sdk.text(said.get("Description")),
        identifiers=sdk.identifiers(identifier),
        cwes=packages.CWES,
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=library,
                version=version,
                purl=sdk.purl("maven", name, version) if ":" in name else None,
                fixed_versions=sdk.parts(said.get("Patched Version")),
                path=path,
            ),
        ),
        tags=sdk.texts([said.get("Issue Type"), said.get("Issue Source")]),
    )
