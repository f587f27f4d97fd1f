"""What Dependency-Check says of one dependency, in the shape of its JSON report."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_SEVERITIES = ("cvssv4.baseSeverity", "cvssv3.baseSeverity", "cvssv2.severity")
_CONFIDENCES = ("HIGHEST", "HIGH", "MEDIUM", "LOW")
_V2 = (
    ("AV", ("accessVector",)),
    ("AC", ("accessComplexity",)),
    ("Au", ("authenticationr",)),
    ("C", ("confidentialityImpact", "confidentialImpact")),
    ("I", ("integrityImpact",)),
    ("A", ("availabilityImpact",)),
)
_V3 = (
    ("AV", ("attackVector",)),
    ("AC", ("attackComplexity",)),
    ("PR", ("privilegesRequired",)),
    ("UI", ("userInteraction",)),
    ("S", ("scope",)),
    ("C", ("confidentialityImpact",)),
    ("I", ("integrityImpact",)),
    ("A", ("availabilityImpact",)),
)


def findings(dependency: sdk.Json) -> sdk.Findings:
    """One for each vulnerability; files with the same identity beside the dependency are further places of it."""
    for said in sdk.listed(dependency.get("vulnerabilities")):
        yield _finding(dependency, said, None)
    for said in sdk.listed(dependency.get("suppressedVulnerabilities")):
        yield _finding(dependency, said, sdk.Suppression(justification=sdk.text(said.get("notes"))))


def _finding(
    dependency: sdk.Json, said: sdk.Json, suppression: sdk.Suppression | None
) -> sdk.ReportedFinding:
    name = said["name"].strip()
    components = tuple(_components(dependency, _fixed_versions(said)))
    word = sdk.first(said.get("severity"), *(sdk.pick(said, path) for path in _SEVERITIES))
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=f"{name} in {components[0].name}",
        severity=sdk.severity_of_score(word) if sdk.number(word) is not None else sdk.severity(word),
        severity_reported=word,
        rule_id=name,
        description=sdk.text(said.get("description")),
        remediation=sdk.text(sdk.pick(said, "knownExploitedVulnerability.RequiredAction")),
        identifiers=sdk.identifiers(name),
        cwes=sdk.cwes(said.get("cwes"), name if name.startswith("CWE-") else None) or packages.CWES,
        cvss=sdk.assessments(*_assessments(said)),
        known_exploited=True if said.get("knownExploitedVulnerability") else None,
        locations=(sdk.Location(path=components[0].path),),
        components=components,
        references=sdk.urls([(each.get("url") or "").strip() for each in sdk.listed(said.get("references"))]),
        suppression=suppression,
    )


def _components(dependency: sdk.Json, fixed: tuple[str, ...]) -> Iterator[sdk.Component]:
    purl = _purl(dependency.get("packages"))
    name, version = sdk.package_of(purl) or _guessed(dependency)
    file_name = sdk.text(dependency["fileName"])
    yield sdk.Component(
        name=name or file_name or "", version=version, purl=purl, fixed_versions=fixed, path=file_name
    )
    for related in sdk.listed(dependency.get("relatedDependencies")):
        own = _purl(related.get("packageIds"))
        package = sdk.package_of(own)
        file_name = sdk.text(related.get("fileName"))
        if own and package and file_name:
            yield sdk.Component(
                name=package[0], version=package[1], purl=own, fixed_versions=fixed, path=file_name
            )


def _purl(packages: sdk.Json) -> str | None:
    ids = (sdk.text(each.get("id")) for each in packages or ())
    return next((purl for purl in ids if purl and purl.startswith("pkg:")), None)


def _guessed(dependency: sdk.Json) -> tuple[str | None, str | None]:
    """Without a package identifier: the product and version that the evidence speaks for most."""
    evidence = dependency.get("evidenceCollected") or {}
    found: list[str | None] = []
    for kind in ("productEvidence", "versionEvidence"):
        ranked = sorted(evidence.get(kind) or (), key=_rank)
        found.append(sdk.text(ranked[0].get("value")) if ranked else None)
    return found[0], found[1]


def _rank(evidence: sdk.Json) -> int:
    confidence = evidence.get("confidence")
    return _CONFIDENCES.index(confidence) if confidence in _CONFIDENCES else len(_CONFIDENCES)


def _fixed_versions(said: sdk.Json) -> tuple[str, ...]:
    """Where the vulnerable range that matched ends before a version, that version is the first without it."""
    software = [each.get("software") or {} for each in sdk.listed(said.get("vulnerableSoftware"))]
    return sdk.texts(
        [each.get("versionEndExcluding") for each in software if each.get("vulnerabilityIdMatched") == "true"]
    )


def _assessments(said: sdk.Json) -> Iterator[sdk.Rating]:
    source = sdk.text(said.get("source"))
    for key, score, metrics, usual in (
        ("cvssv4", "baseScore", None, "4.0"),
        ("cvssv3", "baseScore", _V3, "3.1"),
        ("cvssv2", "score", _V2, "2.0"),
    ):
        given = said.get(key) or {}
        version = sdk.text(given.get("version")) or usual
        vector = given.get("vectorString") or _vector(given, metrics or (), version)
        yield vector, given.get(score), source, version
    yield None, said.get("cvssScore"), source, "2.0"


def _vector(given: sdk.Json, metrics: tuple[tuple[str, tuple[str, ...]], ...], version: str) -> str | None:
    """The vector from its parts, which stand there as words (`NETWORK`) or as their first letters."""
    parts = [
        f"{short}:{word[0]}"
        for short, names in metrics
        if (word := next((given[name] for name in names if given.get(name)), None))
    ]
    prefix = f"CVSS:{version}/" if version.startswith("3") else ""
    return prefix + "/".join(parts) if parts and len(parts) == len(metrics) else None
