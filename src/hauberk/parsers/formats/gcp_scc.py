"""Google Security Command Center: misconfigurations, vulnerabilities and threats of an organization."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_DOCS = "https://cloud.google.com/security-command-center/docs/how-to-api-list-findings"
_SEVERITIES: sdk.Scale = {  # https://cloud.google.com/security-command-center/docs/finding-severity-classifications
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "severity_unspecified": sdk.Severity.INFO,
}
_CHECKED = tuple(f"finding.{key}" for key in ("category", "resourceName", "state", "parent"))


@sdk.parser(
    id="gcp-scc-json",
    scanner="Security Command Center",
    title="Security Command Center findings",
    docs=_DOCS,
    kinds=[sdk.CLOUD, sdk.SCA, sdk.CONTAINER],
    sniff=sdk.JsonLineKeys(*_CHECKED),
    items=sdk.JsonLines(),
    versions="v1 and v2: an array, or one finding a line as exports to Cloud Storage write it",
)
def gcp_scc(item: sdk.Json) -> sdk.Findings:
    """`gcloud scc findings list ORGANIZATION --format json > findings.json`"""
    yield from _finding(item)


@sdk.parser(
    id="gcp-scc-api-json",
    scanner="Security Command Center",
    title="Security Command Center API",
    docs=_DOCS,
    kinds=[sdk.CLOUD, sdk.SCA, sdk.CONTAINER],
    sniff=sdk.JsonKeys(*(f"listFindingsResults.item.{key}" for key in _CHECKED)),
    items=sdk.JsonItems("listFindingsResults.item"),
    versions="v1 and v2",
)
def gcp_scc_api(item: sdk.Json) -> sdk.Findings:
    """`GET https://securitycenter.googleapis.com/v2/organizations/ORGANIZATION/sources/-/findings`"""
    yield from _finding(item)


def _finding(item: sdk.Json) -> sdk.Findings:
    found, resource = item["finding"], item.get("resource") or {}
    known = found.get("vulnerability") or {}
    cve = known.get("cve") or {}
    packages = tuple(_packages(known))
    word = sdk.first(found.get("severity"), sdk.pick(found, "sourceProperties.SeverityLevel"))
    said = found.get("sourceProperties") or {}
    project = sdk.first(resource.get("project"), resource.get("projectName"))
    yield sdk.ReportedFinding(
        kind=_kind(found, is_package=bool(packages)),
        title=cve.get("id") or _spelled(found["category"]),
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=f"{found['category']}:{cve['id']}" if cve.get("id") else found["category"],
        rule_name=_spelled(found["category"]),
        description=sdk.first(found.get("description"), said.get("Explanation")),
        remediation=sdk.first(found.get("nextSteps"), said.get("Recommendation")),
        identifiers=sdk.identifiers(cve.get("id")),
        cwes=sdk.cwes([each.get("id") for each in sdk.listed(known.get("cwes"))]),
        cvss=sdk.assessments((None, sdk.pick(cve, "cvssv3.baseScore"), "Google", "3.1")),
        known_exploited=True if cve.get("observedInTheWild") is True else None,
        locations=tuple(_places(found, resource)),
        components=packages or (sdk.Component(name=sdk.text(resource.get("type")) or found["resourceName"]),),
        references=sdk.urls(
            found.get("externalUri"), [each.get("uri") for each in sdk.listed(cve.get("references"))]
        ),
        tags=sdk.texts(
            [found.get("findingClass"), found.get("parentDisplayName"), resource.get("projectDisplayName")]
        ),
        stable_id=sdk.first(found.get("canonicalName"), found.get("name")),
        suppression=_suppression(found),
        target=found["resourceName"] if packages else project,
        found_at=sdk.timestamp(found.get("createTime") or found.get("eventTime")),
    )


def _spelled(category: str) -> str:
    """`PUBLIC_BUCKET_ACL` as people read it."""
    return category.replace("_", " ").capitalize() if category.isupper() else category


def _kind(found: sdk.Json, *, is_package: bool) -> sdk.FindingKind:
    if not is_package:
        return sdk.CLOUD
    return sdk.CONTAINER if found.get("containers") or "IMAGE" in found["category"].upper() else sdk.SCA


def _packages(known: sdk.Json) -> Iterator[sdk.Component]:
    package = known.get("offendingPackage")
    if package:
        version = sdk.text(package.get("packageVersion"))
        yield sdk.Component(
            name=package["packageName"],
            version=version,
            purl=sdk.purl(sdk.text(package.get("packageType")), package["packageName"], version),
            fixed_versions=sdk.texts([sdk.pick(known, "fixedPackage.packageVersion")]),
        )


def _places(found: sdk.Json, resource: sdk.Json) -> Iterator[sdk.Location]:
    name = found["resourceName"]
    yield sdk.Location(resource=name, evidence=sdk.text(resource.get("displayName")))
    for file in sdk.listed(found.get("files")):
        yield sdk.Location(resource=name, path=sdk.text(file.get("path")))
    for address in sdk.texts(sdk.pick(found, "indicator.ipAddresses") or ()):
        yield sdk.Location(resource=name, host=address)


def _suppression(found: sdk.Json) -> sdk.Suppression | None:
    if found["state"] == "INACTIVE":
        return sdk.Suppression(justification="INACTIVE")
    is_muted = found.get("mute") == "MUTED"
    return sdk.suppression(is_muted, justification=sdk.first(found.get("muteInitiator"), "MUTED"))
