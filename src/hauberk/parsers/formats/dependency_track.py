"""Dependency-Track: the findings of a project, with what was decided about them."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="dependency-track-fpf-json",
    scanner="Dependency-Track",
    docs="https://docs.dependencytrack.org/integrations/file-formats/",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(values={"meta.application": "Dependency-Track"}),
        *(
            sdk.JsonKeys(f"{root}vulnerability.vulnId", f"{root}component.uuid", f"{root}matrix")
            for root in ("findings.item.", "item.")
        ),
    ),
    versions="Finding Packaging Format 1.0 to 1.3, and the findings as the API answers them",
)
def dependency_track(report: sdk.Report) -> sdk.Findings:
    """Project → Audit Vulnerabilities → Export, or `GET /api/v1/finding/project/UUID/export` (or without `/export`)"""
    for node in report.json("findings.item", "item", "meta", "project"):
        if node.pattern == "meta":
            yield sdk.ReportHeader(
                tool_version=sdk.text(node.value.get("version")),
                scanned_at=sdk.timestamp(node.value.get("timestamp")),
            )
        elif node.pattern == "project":
            yield sdk.ReportHeader(
                asset=sdk.text(node.value.get("name")), ref=sdk.text(node.value.get("version"))
            )
        else:
            yield from report.read_one(node, _finding)


def _finding(said: sdk.Json) -> sdk.Findings:
    component, known = said["component"], said["vulnerability"]
    name, version = component["name"], sdk.text(component.get("version"))
    purl = sdk.text(component.get("purl"))
    identifier, source = known["vulnId"], sdk.text(known.get("source"))
    word = sdk.text(known.get("severity"))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(sdk.text(known.get("title")) or str(identifier), name, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=identifier,
        description=sdk.text(known.get("description")),
        remediation=sdk.text(known.get("recommendation")),
        identifiers=tuple(_identifiers(known)),
        cwes=sdk.cwes([each.get("cweId") for each in sdk.listed(known.get("cwes"))], known.get("cweId")),
        cvss=sdk.assessments(*_assessments(known, source)),
        epss=sdk.number(known.get("epssScore")),
        locations=(sdk.Location(resource=purl),) if purl else (),
        components=(
            sdk.Component(
                name=name, version=version, purl=purl, fixed_versions=sdk.texts(known.get("patchedVersions"))
            ),
        ),
        references=sdk.urls(sdk.pick(said, "attribution.referenceUrl"), _links(known.get("references"))),
        tags=sdk.texts([source, sdk.pick(said, "attribution.analyzerIdentity")]),
        stable_id=sdk.text(said.get("matrix")),
        suppression=_suppression(said.get("analysis") or {}),
        found_at=sdk.timestamp(sdk.pick(said, "attribution.attributedOn")),
    )


def _identifiers(known: sdk.Json) -> Iterator[str]:
    """Its own, as the source writes it (NPM's are numbers), and the aliases, which stand there once per source."""
    aliases = [
        value
        for alias in sdk.listed(known.get("aliases"))
        for key, value in alias.items()
        if key.endswith("Id")
    ]
    yield from dict.fromkeys(
        [*sdk.identifiers(known["vulnId"]), *sdk.identifiers(aliases)] or sdk.texts(known["vulnId"])
    )


def _assessments(known: sdk.Json, source: str | None) -> Iterator[sdk.Rating]:
    for name, version in (("cvssV4", "4.0"), ("cvssV3", "3.1"), ("cvssV2", "2.0")):
        score = known.get(f"{name}BaseScore") or known.get(f"{name}Score")
        yield known.get(f"{name}Vector"), score, source, version


def _links(references: sdk.Json) -> list[str]:
    """A list in Markdown: `* [https://a](https://a)`."""
    return [part.partition(")")[0] for part in (sdk.text(references) or "").split("](")[1:]]


def _suppression(analysis: sdk.Json) -> sdk.Suppression | None:
    if analysis.get("isSuppressed") is not True:
        return None
    said = [analysis.get(key) for key in ("state", "justification", "details")]
    return sdk.Suppression(justification=": ".join(sdk.texts(said)) or None)
