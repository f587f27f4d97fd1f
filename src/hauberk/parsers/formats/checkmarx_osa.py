"""Checkmarx OSA: known vulnerabilities of open-source libraries (before Checkmarx SCA)."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

# The states of its API: 0 not exploitable, 1 to verify, 2 confirmed, 3 urgent, 4 proposed not exploitable.
_DISMISSED = ("NOT_EXPLOITABLE",)


@sdk.parser(
    id="checkmarx-osa-json",
    scanner="Checkmarx OSA",
    docs="https://docs.checkmarx.com/en/34965-8152-osa-rest-api.html",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.item.cveName", "item.item.severity.name", "item.item.state"),
        sdk.JsonKeys("item.item.cveName", "item.item.libraryId"),
        sdk.JsonKeys("item.item.libraryId", "item.item.severity.name", "item.item.state"),
        sdk.JsonKeys("item.cveName", "item.libraryId", "item.severity.name"),
        # Nothing is known of any library:
        sdk.JsonKeys("item.item.newestVersion", "item.item.confidenceLevel"),
    ),
    versions="the answers of `osa/vulnerabilities` and `osa/libraries` as a list of the two",
)
def checkmarx_osa(report: sdk.Report) -> sdk.Findings:
    """`jq -s . vulnerabilities.json libraries.json > osa.json`, from `GET /cxrestapi/osa/vulnerabilities` and `/libraries`"""
    libraries: dict[str, sdk.Json] = {}
    for node in report.json("item.item"):
        if not _is_vulnerability(node):
            libraries[str(sdk.pick(node.value, "id"))] = node.value
    yield from report.read(
        filter(_is_vulnerability, report.json("item.item")), partial(_vulnerability, libraries)
    )


def _is_vulnerability(node: sdk.Node) -> bool:
    """Which of the two lists comes first is up to whoever joined them."""
    return isinstance(node.value, dict) and ("cveName" in node.value or "libraryId" in node.value)


def _vulnerability(libraries: dict[str, sdk.Json], said: sdk.Json) -> sdk.Findings:
    library = libraries.get(str(said["libraryId"])) or {}
    name, version = sdk.text(library.get("name")) or "a library", sdk.text(library.get("version"))
    known = sdk.first(said.get("cveName"), said.get("id"))
    word = sdk.text(sdk.pick(said, "severity.name"))
    state = sdk.text(sdk.pick(said, "state.name"))
    path = sdk.text(said.get("sourceFileName"))
    advice = sdk.text(said.get("recommendations")) or ""
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(known, name, version),
        severity=sdk.severity(word) if word else sdk.severity_of_score(said.get("score")),
        severity_reported=word,
        rule_id=known,
        description=sdk.text(said.get("description")),
        remediation=advice or None,
        identifiers=sdk.identifiers(known),
        cwes=packages.CWES,
        cvss=sdk.assessments((None, said.get("score"), "Checkmarx")),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl("maven", name, version) if ":" in name else None,
                fixed_versions=sdk.texts(advice.removeprefix("Upgrade to ")),
                path=path,
            ),
        ),
        references=sdk.urls(said.get("url")),
        confidence=state if state == "CONFIRMED" else None,
        stable_id=sdk.text(said.get("id")),
        suppression=sdk.suppression(state in _DISMISSED, justification=state),
    )
