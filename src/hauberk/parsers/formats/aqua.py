"""Aqua: vulnerabilities of container images, from its scanner and from its console."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_PIPELINE = "item.results."  # Azure DevOps wraps the scanner's report
_RESOURCES = ("resources.item", f"{_PIPELINE}resources.item")
_CVES, _RESULT = "cves.item", "result.item"
_IMAGE, _SYSTEM = ("image", "image_name", f"{_PIPELINE}image"), ("os", f"{_PIPELINE}os")
_SEVERITIES: sdk.Scale = {  # https://docs.aquasec.com: critical to negligible
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    **dict.fromkeys(("negligible", "unknown"), sdk.Severity.INFO),
}
_WORDS = (
    "aqua_severity",
    "vendor_severity_v3",
    "vendor_severity",
    "nvd_severity_v3",
    "nvd_cvss3_severity",
    "nvd_severity",
    "severity",
)
_OF_THE_SYSTEM = ("deb", "rpm", "apk")  # formats that only the image's system tells apart
_SCORES = (  # vector, score, who says so
    ("aqua_vectors", "aqua_score", "Aqua"),
    ("nvd_vectors_v3", "nvd_score_v3", "NVD"),
    ("nvd_cvss3_vectors", "nvd_cvss3_score", "NVD"),
    ("vendor_vectors_v3", "vendor_score_v3", "vendor"),
    ("vendor_cvss3_vectors", "vendor_cvss3_score", "vendor"),
    ("nvd_vectors", "nvd_score", "NVD"),
    ("nvd_cvss2_vectors", "nvd_cvss2_score", "NVD"),
    ("vendor_vectors", "vendor_score", "vendor"),
    ("vendor_cvss2_vectors", "vendor_cvss2_score", "vendor"),
    ("", "score", "Aqua"),
)


@sdk.parser(
    id="aqua-json",
    scanner="Aqua",
    docs="https://docs.aquasec.com/saas/image-and-function-scanning/",
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("image", "scan_started", "resources"),
        sdk.JsonKeys("image", "scan_started", "image_assurance_results"),
        sdk.JsonKeys("item.results.image", "item.results.resources"),
        sdk.JsonKeys("image_name", "cves_counts", "cves"),
        sdk.JsonKeys("result.item.aqua_severity", "result.item.resource", "count"),
        sdk.JsonKeys("count", "page", "pagesize", empty=("result",)),
    ),
    versions="scannercli, the registry scan of 2022.4 and the console's /api/v2/risks/vulnerabilities",
)
def aqua(report: sdk.Report) -> sdk.Findings:
    """`scannercli scan --jsonfile aqua.json IMAGE`, or the image's vulnerabilities exported from the console"""
    system: str | None = None
    for node in report.json(*_RESOURCES, _CVES, _RESULT, *_IMAGE, *_SYSTEM):
        if node.pattern in _IMAGE:
            yield sdk.ReportHeader(asset=sdk.text(node.value), asset_kind="image")
        elif node.pattern in _SYSTEM:
            system = sdk.text(node.value)
        elif node.pattern in _RESOURCES:
            function = partial(_finding, system, node.value.get("resource") or {})
            yield from sdk.each(node.value.get("vulnerabilities"), function, node.position)
        else:
            yield from report.read_one(node, _whole)


def _whole(found: sdk.Json) -> sdk.Findings:
    """The console's item names its resource; the registry scan only a file, or a package."""
    file = sdk.text(found.get("file"))
    yield from _finding(
        sdk.text(found.get("os")), found.get("resource") or {"name": file, "path": file}, found
    )


def _finding(system: str | None, resource: sdk.Json, found: sdk.Json) -> sdk.Findings:
    word = sdk.first(*(found.get(name) for name in _WORDS))
    name, version = sdk.text(resource.get("name")), sdk.text(resource.get("version"))
    path = sdk.text(resource.get("path"))
    format_, named = sdk.text(resource.get("format")), name or path or "unknown"
    ecosystem = system if system and format_ in _OF_THE_SYSTEM else format_
    is_acknowledged = found.get("acknowledged") is True or found.get("is_acknowledged") is True
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(found["name"], named, version),
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=found["name"],
        description=sdk.text(found.get("description")),
        remediation=sdk.text(found.get("solution")),
        identifiers=sdk.identifiers(
            found["name"], [each.get("name") for each in sdk.listed(found.get("referenced_vulnerabilities"))]
        ),
        cwes=sdk.cwes([each.get("Id") for each in sdk.listed(found.get("cwe_info"))]),
        cvss=sdk.assessments(*_assessments(found)),
        epss=sdk.number(found.get("epss_score")),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=named,
                version=version,
                purl=sdk.purl(ecosystem, name, version) if name and version else None,
                fixed_versions=sdk.texts([found.get("fix_version")]),
                path=path,
                layer=sdk.text(resource.get("layer_digest")),
            ),
        ),
        references=sdk.urls(found.get("nvd_url"), found.get("vendor_url"), found.get("url")),
        tags=sdk.texts([found.get("classification"), found.get("v_patch_status")]),
        suppression=sdk.suppression(is_acknowledged, justification=found.get("ack_comment")),
        target=sdk.text(found.get("image_name")),
        found_at=sdk.timestamp(found.get("first_found_date")),
    )


def _assessments(found: sdk.Json) -> Iterator[sdk.Rating]:
    for vector, score, source in _SCORES:
        yield found.get(vector), found.get(score), source
