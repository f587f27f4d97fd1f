"""Anchore Engine and Enterprise: vulnerabilities of images, as anchore-cli and anchorectl write them, and their web report."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://docs.anchore.com/current/docs/vulnerability_management/images/"
_NAMED = re.compile(r"(?P<name>.+?)-(?P<version>\d.*)")


@sdk.parser(
    id="anchore-json",
    scanner="Anchore",
    title="Anchore vulnerabilities",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{path}.vuln", f"{path}.{name}", f"{path}.severity", f"{path}.feed")
            for path in ("item", "vulnerabilities.item")
            for name in ("package_name", "packageName")
        ),
        sdk.JsonKeys("item.vulnerabilityId", "item.packageName", "item.packageVersion", "item.fixState"),
        sdk.JsonKeys("imageDigest", "vulnerabilities", "vulnerability_type"),
        sdk.JsonKeys("imageDigest", "vulnerabilities", "vulnerabilityType"),
    ),
    versions="anchore-cli, Anchore Engine 0.x, anchorectl 0.x to 5",
)
def anchore(report: sdk.Report) -> sdk.Findings:
    """`anchorectl image vulnerabilities IMAGE -o json`, before that `anchore-cli --json image vuln IMAGE all`"""
    yield from report.read(report.json("item", "vulnerabilities.item"), _vulnerability)


@sdk.parser(
    id="anchore-report-json",
    scanner="Anchore",
    title="Anchore security evaluation",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.JsonKeys("metadata.repository", "metadata.imageDigest", later=("securityEvaluation",)),
    items=sdk.JsonItems("securityEvaluation.item"),
    header={"asset": "metadata.repository", "ref": "metadata.tag", "scanned_at": "metadata.timestamp"},
)
def anchore_report(found: sdk.Json) -> sdk.Findings:
    """In Anchore Enterprise: the image's Vulnerabilities tab, Vulnerability Report, JSON."""
    (name, version), path = _package(found["package"]), _said(found.get("path"))
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{found['vulnerabilityId']} in {found['package']}",
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["vulnerabilityId"],
        identifiers=sdk.identifiers(found["vulnerabilityId"], found.get("cves")),
        cvss=sdk.assessments((None, found.get("nvdCvssBaseScore"), "NVD")),
        locations=(sdk.Location(path=path),),
        components=(
            sdk.Component(
                name=found["package"],
                version=version,
                purl=sdk.purl(found.get("packageType"), name, version) if version else None,
                fixed_versions=sdk.parts(_said(found.get("fixAvailable"))),
                path=path,
            ),
        ),
        references=sdk.urls(found.get("link")),
        found_at=sdk.timestamp(found.get("detectedAt")),
    )


@sdk.parser(
    id="anchore-jenkins-json",
    scanner="Anchore",
    title="Anchore's Jenkins plugin",
    docs="https://plugins.jenkins.io/anchore-container-scanner/",
    kinds=[sdk.CONTAINER],
    sniff=sdk.JsonKeys("data", values={"columns.item.title": "Tag"}),
    items=sdk.JsonItems("data.item"),
)
def anchore_jenkins(cells: sdk.Json) -> sdk.Findings:
    """The build's artifact `anchore_security.json`: image, CVE, severity, package, fix, address"""
    image, vulnerability, severity, package, fix, url = cells
    name, version = _package(package)
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{vulnerability} in {package}",
        severity=sdk.severity(severity),
        severity_reported=sdk.text(severity),
        rule_id=vulnerability,
        identifiers=sdk.identifiers(vulnerability),
        components=(sdk.Component(name=name, version=version, fixed_versions=sdk.parts(_said(fix))),),
        references=sdk.urls(url),
        target=sdk.text(image),
    )


def _vulnerability(found: sdk.Json) -> sdk.Findings:
    said = {name.replace("_", "").lower(): value for name, value in found.items()}
    if "vulnerabilityid" in said:  # of an application
        said |= {"vuln": said["vulnerabilityid"], "fix": ",".join(sdk.texts(said.get("fixversions") or ()))}
    name, version = said["packagename"], _said(said.get("packageversion"))
    path = _said(said.get("packagepath"))
    rated = [each for key in ("nvddata", "vendordata") for each in sdk.listed(said.get(key))]
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(said["vuln"], name, version),
        severity=sdk.severity(said.get("severity")),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=said["vuln"],
        description=sdk.text(said.get("description")),
        identifiers=sdk.identifiers(said["vuln"], *(each.get("id") for each in rated)),
        cvss=sdk.assessments(*_assessments(rated)),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(_ecosystem(said), name, version),
                fixed_versions=sdk.parts(_said(said.get("fix"))),
                path=path,
            ),
        ),
        references=sdk.urls(said.get("url")),
        tags=sdk.texts([said.get("feedgroup")]),
    )


def _package(said: str) -> tuple[str, str | None]:
    """`openssl-libs-1:1.1.1k-9.el8`: the version begins at the first digit behind a dash."""
    found = _NAMED.fullmatch(said)
    return (found["name"], found["version"]) if found else (said, None)


def _said(value: sdk.Json) -> str | None:
    return None if value in ("None", "none", "") else sdk.text(value)  # Anchore spells it out


def _ecosystem(said: sdk.Json) -> str | None:
    """`debian:9`, `alpine:3.10` name the distribution; what is no package of one has the group `nvd` or `github:…`."""
    group = (sdk.text(said.get("feedgroup")) or "").partition(":")[0]
    return group if sdk.purl_type(group) in sdk.OPERATING_SYSTEM_TYPES else sdk.text(said.get("packagetype"))


def _assessments(rated: list[sdk.Json]) -> Iterator[sdk.Rating]:
    for each in rated:
        for version, keys in (("2.0", ("cvssV2", "cvss_v2")), ("3.0", ("cvssV3", "cvss_v3"))):
            given: sdk.Json = next((each[key] for key in keys if each.get(key)), {})
            score = given.get("baseScore", given.get("base_score"))
            yield sdk.text(given.get("vector_string")), score, sdk.text(each.get("id")), version
