"""Clair: vulnerabilities of container images, as clairctl, klar and clair-scanner print them."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://quay.github.io/clair/"
# All that Clair reports is a component with a known vulnerability; it names no weakness itself.
_WEAKNESSES = (1035,)
_LAYERS = ("Layer", "Layers.item.Layer", "Layers.item", "data.Layer")  # the last in an answer of Quay
_OF_CVSS = "enricher=clair.cvss"  # enrichments go by their media type
_SEVERITIES: sdk.Scale = {  # https://quay.github.io/clair/concepts/severity_mapping.html
    "defcon1": sdk.Severity.CRITICAL,
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "negligible": sdk.Severity.INFO,
    "unknown": sdk.Severity.INFO,
}


@sdk.parser(
    id="clair-json",
    scanner="Clair",
    title="Clair 4 JSON",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.JsonKeys("manifest_hash", "packages", later=("vulnerabilities", "package_vulnerabilities")),
    versions="4",
)
def clair(report: sdk.Report) -> sdk.Findings:
    """`clairctl report -o json IMAGE > clair.json`"""
    packages: dict[str | int, sdk.Json] = {}
    carriers: dict[str, list[sdk.Json]] = {}
    rated: dict[str, list[sdk.Json]] = {}
    for node in report.json("packages.*", "manifest_hash", "enrichments.*.item"):
        if node.pattern == "packages.*":
            packages[node.key] = node.value
        elif node.pattern == "enrichments.*.item":
            if _OF_CVSS in node.container:
                for identifier, given in (node.value or {}).items():
                    rated.setdefault(identifier, []).extend(given or ())
        else:
            yield sdk.ReportHeader(targets=sdk.texts(node.value), identifiers=sdk.image((), node.value))
    for node in report.json("package_vulnerabilities.*"):
        for identifier in node.value or ():
            carriers.setdefault(identifier, []).append(packages.get(node.key) or {"name": str(node.key)})
    for node in report.json("vulnerabilities.*"):
        name = str(node.key)
        yield from report.read_one(node, partial(_of_v4, carriers.get(name, []), rated.get(name, [])))


@sdk.parser(
    id="clair-klar-json",
    scanner="Clair",
    title="Clair 2, klar and clair-scanner",
    docs="https://github.com/optiopay/klar#json-output",
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("LayerCount", "Vulnerabilities"),
        sdk.JsonKeys("image", "unapproved", "vulnerabilities"),
        sdk.JsonKeys("Layer.Name", "Layer.IndexedByVersion"),
        sdk.JsonKeys("data.Layer.Name", "data.Layer.IndexedByVersion"),
        *(
            sdk.JsonKeys(f"{layer}.Name", f"{layer}.Features.item.Name", f"{layer}.Features.item.Version")
            for layer in _LAYERS
        ),
    ),
    versions="Clair 2",
)
def clair_klar(report: sdk.Report) -> sdk.Findings:
    """`JSON_OUTPUT=true klar IMAGE > klar.json`, `clair-scanner --report clair.json IMAGE`, `GET /v1/layers/NAME?vulnerabilities`"""
    features = [f"{layer}.Features.item" for layer in _LAYERS]
    for node in report.json(
        "Vulnerabilities.*.item", "vulnerabilities.item", "image", "ImageName", *features
    ):
        if node.pattern in ("image", "ImageName"):
            yield sdk.ReportHeader(asset=sdk.text(node.value), asset_kind="image")
        elif node.pattern in features:
            yield from sdk.each(
                node.value.get("Vulnerabilities"), partial(_of_feature, node.value), node.position
            )
        else:
            yield from report.read_one(node, _of_v2)


def _of_feature(feature: sdk.Json, found: sdk.Json) -> sdk.Findings:
    """A layer lists its packages, each with what is known of it."""
    yield from _of_v2({**found, "FeatureName": feature["Name"], "FeatureVersion": feature.get("Version")})


def _of_v2(found: sdk.Json) -> sdk.Findings:
    said = {name.lower(): value for name, value in found.items()}
    name = said.get("name") or said["vulnerability"]
    package = {"name": said["featurename"], "version": said.get("featureversion")}
    space = sdk.text(said.get("namespacename") or said.get("namespace")) or ""
    yield _finding(name, {"rated": [*_rated(said)], **said}, [(package, space.partition(":")[0])])


def _rated(said: sdk.Json) -> Iterator[sdk.Json]:
    for key, version in (("CVSSv3", "3.0"), ("CVSSv2", "2.0")):
        rated = sdk.pick(said, f"metadata.NVD.{key}") or {}
        yield {"vectorString": rated.get("Vectors"), "baseScore": rated.get("Score"), "version": version}


def _of_v4(carriers: list[sdk.Json], rated: list[sdk.Json], found: sdk.Json) -> sdk.Findings:
    system = sdk.text(sdk.pick(found, "distribution.did"))
    said = {
        **found,
        "severity": found.get("normalized_severity") or found.get("severity"),
        "link": (sdk.text(found.get("links")) or "").split(),
        "fixedby": found.get("fixed_in_version"),
        "rated": rated,
    }
    packages = carriers or [found.get("package") or {"name": "unknown"}]
    yield _finding(found["name"], said, [(package, system or "") for package in packages])


def _finding(name: str, said: sdk.Json, packages: list[tuple[sdk.Json, str]]) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{name} in {packages[0][0]['name']}",
        severity=sdk.severity(said.get("severity"), _SEVERITIES),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=name,
        description=sdk.text(said.get("description")),
        identifiers=sdk.identifiers(name),
        cwes=_WEAKNESSES,
        cvss=sdk.assessments(*_assessments(said)),
        components=tuple(_components(said, packages)),
        references=sdk.urls(said.get("link")),
    )


def _assessments(said: sdk.Json) -> Iterator[sdk.Rating]:
    for each in sdk.listed(said.get("rated")):
        yield each.get("vectorString"), each.get("baseScore"), "NVD", sdk.text(each.get("version"))


def _components(said: sdk.Json, packages: list[tuple[sdk.Json, str]]) -> Iterator[sdk.Component]:
    for package, system in packages:
        version = sdk.text(package.get("version"))
        yield sdk.Component(
            name=package["name"],
            version=version,
            purl=sdk.purl(system, package["name"], version),
            fixed_versions=sdk.texts([said.get("fixedby")]),
        )
