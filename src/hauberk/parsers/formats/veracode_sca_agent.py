"""Veracode SCA's agent (SourceClear): what one scan found, with the libraries it found it in."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_RECORD = "records.item"


@sdk.parser(
    id="veracode-sca-agent-json",
    scanner="Veracode SCA",
    title="Veracode SCA agent (SourceClear)",
    docs="https://docs.veracode.com/r/Veracode_SCA_Agent_Commands",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("records.item.libraries.item.coordinate1", "records.item.vulnerabilities"),
        sdk.JsonKeys("records.item.graphs", "records.item.libraries", "records.item.vulnerabilities"),
    ),
    items=sdk.JsonItems(_RECORD),
)
def veracode_sca_agent(record: sdk.Json) -> sdk.Findings:
    """`srcclr scan --json=srcclr.json .`"""
    libraries = record.get("libraries") or []
    yield from sdk.each(record.get("vulnerabilities"), partial(_vulnerability, libraries), "vulnerabilities")


def _vulnerability(libraries: list[sdk.Json], said: sdk.Json) -> sdk.Findings:
    """One for each library that has it. CVEs stand there without their prefix; what has none is Veracode's own."""
    number, title = sdk.text(said.get("cve")), sdk.text(said.get("title"))
    identifiers = sdk.identifiers(f"CVE-{number.removeprefix('CVE-')}" if number else None)
    score = sdk.first(said.get("cvss3Score"), said.get("cvssScore"))
    for affected in sdk.listed(said.get("libraries")):
        details = sdk.pick(affected, "details.0") or {}
        component = _component(libraries, sdk.pick(affected, "_links.ref"), details)
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(title or sdk.first(identifiers), component.name, component.version),
            severity=sdk.severity_of_score(score),
            severity_reported=score,
            rule_id=sdk.first(identifiers) or title,
            description=sdk.text(said.get("overview")),
            remediation=sdk.paragraphs(details.get("fixText"), details.get("patch")),
            identifiers=identifiers,
            cwes=packages.CWES,
            cvss=sdk.assessments(
                (said.get("cvss3Vector"), said.get("cvss3Score"), "Veracode", "3.0"),
                (said.get("cvssVector"), said.get("cvssScore"), "Veracode", "2.0"),
            ),
            components=(component,),
            references=sdk.urls(sdk.pick(said, "_links.html")),
            tags=sdk.texts(said.get("vulnerabilityTypes")),
        )


def _component(libraries: list[sdk.Json], reference: sdk.Json, details: sdk.Json) -> sdk.Component:
    """`/records/0/libraries/12/versions/0` says where in the report the library stands."""
    _, _, _, _, library, _, version = (sdk.text(reference) or "").split("/")
    about = libraries[int(library)]
    parts = [about.get("coordinate1"), about.get("coordinate2")]
    name = ":".join(sdk.texts(parts)) or about["name"]
    number = sdk.text(about["versions"][int(version)].get("version"))
    return sdk.Component(
        name=name,
        version=number,
        purl=sdk.purl(sdk.text(about.get("coordinateType")), name, number),
        fixed_versions=sdk.texts(details.get("updateToVersion")),
    )
