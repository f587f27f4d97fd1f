"""ReversingLabs Spectra Assure: known vulnerabilities of the software inside a release and of what it links."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_METADATA = "report.metadata"
# CVSS is told by the names of its metrics and of their values.
_METRICS = {
    "Attack Vector": "AV",
    "Attack Complexity": "AC",
    "Attack Requirements": "AT",
    "Privileges Required": "PR",
    "User Interaction": "UI",
    "Scope": "S",
    "Confidentiality Impact": "C",
    "Integrity Impact": "I",
    "Availability Impact": "A",
}


@sdk.parser(
    id="spectra-assure-json",
    scanner="ReversingLabs Spectra Assure",
    docs="https://docs.secure.software/concepts/analysis-reports#rl-json",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("catalogue", "report.info.file", later=("report.metadata.components",)),
        sdk.JsonKeys("report.info.detections", "report.info.statistics"),
    ),
    versions="rl-json (`report.rl.json`)",
)
def spectra_assure(report: sdk.Report) -> sdk.Findings:
    """`rl-secure report rl-json pkg:rl/project/package@version --output-path .`"""
    known = {str(node.key): node.value for node in report.json(f"{_METADATA}.vulnerabilities.*")}
    linked = {
        str(node.key): node.value
        for node in report.json(f"{_METADATA}.dependencies.*")
        if node.value.get("vulnerabilities")
    }
    said = {node.pattern: node.value for node in report.json("version", "timestamp", "report.info.file.name")}
    yield sdk.ReportHeader(
        tool_version=sdk.text(said.get("version")),
        scanned_at=sdk.timestamp(said.get("timestamp")),
        asset=sdk.text(said.get("report.info.file.name")),
    )
    for node in report.json(f"{_METADATA}.components.*"):
        yield from report.read_one(node, lambda component: _component(component, known, linked))


def _component(component: sdk.Json, known: dict[str, sdk.Json], linked: dict[str, sdk.Json]) -> sdk.Findings:
    """A file's own vulnerabilities, and those of what it links, which lie in the file as well."""
    identity, path = component["identity"], sdk.text(component.get("path")) or component["name"]
    yield from _vulnerabilities(identity, component["name"], path, known)
    for dependency in sdk.texts(identity.get("dependencies")):
        if dependency in linked:
            yield from _vulnerabilities(linked[dependency], linked[dependency]["product"], path, known)


def _vulnerabilities(
    identity: sdk.Json, name: str, path: str, known: dict[str, sdk.Json]
) -> Iterator[sdk.ReportedFinding]:
    said = identity.get("vulnerabilities") or {}
    for state in ("active", "triaged"):
        for identifier in sdk.texts(said.get(state)):
            yield _finding(
                identity, name, path, identifier, known.get(identifier) or {}, is_triaged=state == "triaged"
            )


def _finding(
    identity: sdk.Json, name: str, path: str, identifier: str, said: sdk.Json, *, is_triaged: bool
) -> sdk.ReportedFinding:
    version, score = sdk.text(identity.get("version")), sdk.text(sdk.pick(said, "cvss.baseScore"))
    source = ", ".join(sdk.texts(said.get("sources"))) or None
    exploits = sdk.texts(said.get("exploit"))
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(identifier, name, version),
        severity=sdk.severity_of_score(score),
        severity_reported=score,
        rule_id=identifier,
        description=sdk.text(said.get("name")),
        identifiers=sdk.identifiers(identifier),
        cvss=sdk.assessments((_vector(said.get("cvss") or {}), score, source, "3.1")),
        known_exploited=True if {"MANDATE", "MALWARE"} & set(exploits) else None,
        locations=(sdk.Location(path=path),),
        components=(
            sdk.Component(name=name, version=version, purl=sdk.text(identity.get("purl")), path=path),
        ),
        tags=exploits + sdk.texts(said.get("violations")),
        suppression=sdk.suppression(is_triaged, justification="triaged"),
    )


def _vector(cvss: sdk.Json) -> str | None:
    if cvss.get("version") != 3:
        return None
    parts = [
        f"{_METRICS[name]}:{value[:1]}" for name, value in sdk.listed(cvss.get("metrics")) if name in _METRICS
    ]
    return "CVSS:3.1/" + "/".join(parts)
