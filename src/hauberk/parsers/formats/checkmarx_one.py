"""Checkmarx One: the results of a scan with all its engines, as the command line and the results API give them."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkmarx

_KINDS = {
    "sast": sdk.SAST,
    "kics": sdk.IAC,
    "sca": sdk.SCA,
    "sca-container": sdk.CONTAINER,
    "containers": sdk.CONTAINER,
    "sscs-secret-detection": sdk.SECRET,
    "sscs-scorecard": sdk.IAC,
    "apisec": sdk.SAST,
}


@sdk.parser(
    id="checkmarx-one-json",
    scanner="Checkmarx One",
    docs="https://docs.checkmarx.com/en/34965-68636-results.html",
    kinds=[sdk.SAST, sdk.IAC, sdk.SCA, sdk.CONTAINER, sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("results.item.type", "results.item.similarityId", "results.item.firstScanId"),
        sdk.JsonKeys("results.item.type", "results.item.similarityId", "results.item.data"),
        sdk.JsonKeys("totalCount", empty=("results",), absent=("vulnerabilities",)),
    ),
    items=sdk.JsonItems("results.item"),
)
def checkmarx_one(result: sdk.Json) -> sdk.Findings:
    """`cx results show --scan-id ID --report-format json`, or the answer of `GET /api/results`"""
    data, more = result.get("data") or {}, result.get("vulnerabilityDetails") or {}
    kind = _KINDS.get(result["type"].lower(), sdk.SAST)
    query = sdk.first(data.get("queryName"), data.get("ruleName"))
    component = _component(data)
    known = sdk.identifiers(result["id"], more.get("cveName"))
    title = f"{result['id']} in {component.name}" if component else result["id"]
    yield sdk.ReportedFinding(
        kind=kind,
        title=checkmarx.title_of(query) if query else title,
        severity=sdk.severity(result.get("severity"), checkmarx.SEVERITIES),
        severity_reported=sdk.text(result.get("severity")),
        rule_id=_plain(data.get("queryId")) or sdk.text(data.get("ruleId")) or result["id"],
        rule_name=query,
        description=_description(result, data),
        remediation=sdk.first(data.get("recommendations"), data.get("remediation")),
        identifiers=known,
        cwes=sdk.cwes(more.get("cweId")),
        cvss=sdk.assessments(
            (None, more.get("cvssScore") or None, "Checkmarx", sdk.text(sdk.pick(more, "cvss.version")))
        ),
        locations=_locations(data, kind),
        components=(component,) if component else (),
        references=sdk.urls(
            [link.get("url") for link in sdk.listed(data.get("packageData"))],
            data.get("queryUrl"),
            data.get("remediationLink"),
        ),
        tags=sdk.texts([_plain(data.get("group")), *sdk.texts(more.get("compliances"))]),
        stable_id=None if component else sdk.text(result.get("similarityId")),  # for a package it is the CVE
        suppression=checkmarx.suppression_of(result.get("state"), _comment(result)),
        found_at=sdk.timestamp(result.get("firstFoundAt") or result.get("created")),
    )


def _plain(value: sdk.Json) -> str | None:
    """The API says of some values where it has them from: `Build Process [Taken from category]`."""
    return (sdk.text(value) or "").partition(" [Taken from ")[0] or None


def _description(result: sdk.Json, data: sdk.Json) -> str | None:
    """KICS also says what it expected and what it found instead."""
    parts = [result.get("description") or data.get("ruleDescription")]
    if data.get("expectedValue"):
        parts.append(f"Expected: {data['expectedValue']}")
    if data.get("value"):
        parts.append(f"Found: {data['value']}")
    return sdk.paragraphs(*parts)


def _comment(result: sdk.Json) -> str | None:
    comments = result.get("comments")
    return sdk.text(comments.get("comments")) if isinstance(comments, dict) else sdk.text(comments)


def _locations(data: sdk.Json, kind: sdk.FindingKind) -> tuple[sdk.Location, ...]:
    if data.get("nodes"):
        return checkmarx.place_first(map(checkmarx.node, data["nodes"]))
    path = data.get("filename") or data.get("fileName") or data.get("imageFilePath")
    snippet = None if kind is sdk.SECRET else sdk.text(data.get("snippet"))
    return (sdk.Location(path=path, line=sdk.line(data.get("line")), snippet=snippet),) if path else ()


def _component(data: sdk.Json) -> sdk.Component | None:
    fixed = sdk.texts(data.get("recommendedVersion"))
    if not data.get("packageName"):
        path = sdk.first(sdk.pick(data, "scaPackageData.locations"))
        return checkmarx.package(sdk.text(data.get("packageIdentifier")), fixed, path)
    image = ":".join(sdk.texts([data.get("imageName"), data.get("imageTag")]))
    return sdk.Component(
        name=data["packageName"],
        version=sdk.text(data.get("packageVersion")),
        fixed_versions=fixed,
        layer=image or None,
    )
