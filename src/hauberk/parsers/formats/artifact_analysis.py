"""Google Artifact Analysis: vulnerabilities of images in Artifact Registry."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_LISTS = ("package_vulnerability_summary.vulnerabilities.*.item", "item", "occurrences.item")
_SEVERITIES: sdk.Scale = {  # https://cloud.google.com/artifact-analysis/docs/container-scanning-overview#severity
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    **dict.fromkeys(("minimal", "severity_unspecified", "severity_unknown"), sdk.Severity.INFO),
}
_UNRATED = (None, "SEVERITY_UNSPECIFIED", "SEVERITY_UNKNOWN")
_METRICS = {
    "AV": "attackVector",
    "AC": "attackComplexity",
    "PR": "privilegesRequired",
    "UI": "userInteraction",
    "S": "scope",
    "C": "confidentialityImpact",
    "I": "integrityImpact",
    "A": "availabilityImpact",
}


@sdk.parser(
    id="artifact-analysis-json",
    scanner="Google Artifact Analysis",
    docs="https://cloud.google.com/artifact-analysis/docs/view-vulnerabilities",
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("image_summary.digest", later=("package_vulnerability_summary",)),
        *(sdk.JsonKeys(f"{path}.noteName", f"{path}.resourceUri", f"{path}.kind") for path in _LISTS[1:]),
    ),
    versions="API v1, and v1beta1 where it says the same",
)
def artifact_analysis(report: sdk.Report) -> sdk.Findings:
    """`gcloud artifacts docker images describe IMAGE --show-package-vulnerability --format json > occurrences.json`"""
    for node in report.json(*_LISTS, "image_summary.fully_qualified_digest"):
        if node.pattern in _LISTS:
            yield from report.read_one(node, _occurrence)
        else:
            yield sdk.ReportHeader(asset=sdk.text(node.value), asset_kind="image")


def _occurrence(found: sdk.Json) -> sdk.Findings:
    if found.get("kind") not in (None, "", "VULNERABILITY"):
        return
    known = found["vulnerability"]
    words = sdk.texts([known.get(key) for key in ("effectiveSeverity", "severity")])
    word = sdk.first([each for each in words if each not in _UNRATED], words)
    name = sdk.text(known.get("shortDescription")) or found["noteName"].rpartition("/")[2]
    packages = tuple(_packages(known))
    image = sdk.text(found.get("resourceUri"))
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{name} in {packages[0].name}" if packages else name,
        severity=_severity(word, known),
        severity_reported=word,
        rule_id=name,
        description=sdk.text(known.get("longDescription")),
        identifiers=sdk.identifiers(found["noteName"], name),
        cvss=sdk.assessments(*_assessments(known)),
        locations=tuple(
            sdk.Location(path=path, resource=image) for path in dict.fromkeys(p.path for p in packages)
        ),
        components=packages,
        references=sdk.urls([each.get("url") for each in sdk.listed(known.get("relatedUrls"))]),
        suppression=_suppression(known.get("vexAssessment") or {}),
        target=image,
        found_at=sdk.timestamp(found.get("createTime")),
    )


def _severity(word: str | None, known: sdk.Json) -> sdk.Severity:
    score = known.get("cvssScore")
    return sdk.severity_of_score(score) if word in _UNRATED and score else sdk.severity(word, _SEVERITIES)


def _suppression(assessed: sdk.Json) -> sdk.Suppression | None:
    if assessed.get("state") not in ("NOT_AFFECTED", "FIXED"):
        return None
    return sdk.Suppression(
        justification=sdk.text(sdk.pick(assessed, "justification.details")) or assessed["state"]
    )


def _packages(known: sdk.Json) -> Iterator[sdk.Component]:
    for issue in sdk.listed(known.get("packageIssue")):
        name = issue["affectedPackage"]
        version = sdk.text(sdk.pick(issue, "affectedVersion.fullName"))
        ecosystem = sdk.text(issue.get("packageType"))
        if ecosystem in (None, "OS"):  # `cpe:/o:debian:debian_linux:12`
            ecosystem = sdk.pick((issue.get("affectedCpeUri") or "").split(":"), "2")
        for place in issue.get("fileLocation") or [{}]:
            yield sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version),
                fixed_versions=sdk.texts([sdk.pick(issue, "fixedVersion.fullName")]),
                path=sdk.text(place.get("filePath")),
                layer=sdk.text(sdk.pick(place, "layerDetails.diffId")),
            )


def _assessments(known: sdk.Json) -> Iterator[sdk.Rating]:
    given = known.get("cvssv3") or known.get("cvssV3") or {}
    letters = [
        f"{letter}:{given[key].rpartition('_')[2][0]}" for letter, key in _METRICS.items() if given.get(key)
    ]
    vector = "CVSS:3.1/" + "/".join(letters) if len(letters) == len(_METRICS) else None
    score = given.get("baseScore", known.get("cvssScore"))
    yield vector, score, "Google"
    yield None, sdk.pick(known, "cvssV2.baseScore"), "Google", "2.0"
