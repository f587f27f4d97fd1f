"""Wiz CLI: packages, secrets and misconfigurations of images, folders and infrastructure as code in a pipeline."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_PACKAGES = tuple(f"result.{name}.item" for name in ("osPackages", "libraries", "applications", "cpes"))
_RULES = ("result.ruleMatches.item", "result.hostConfiguration.ruleMatches.item")
_SECRETS = "result.secrets.item"


@sdk.parser(
    id="wiz-cli-json",
    scanner="Wiz CLI",
    docs="https://docs.wiz.io/docs/wiz-cli-overview",
    kinds=[sdk.SCA, sdk.CONTAINER, sdk.SECRET, sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "status.verdict", values={"scanOriginResource.__typename": "CICD.*"}, later=("result.__typename",)
        ),
        sdk.JsonKeys("status.state", "status.verdict", "createdAt", later=("result", "reportUrl")),
    ),
    versions="`wizcli dir`, `docker` and `iac` scans",
)
def wiz_cli(report: sdk.Report) -> sdk.Findings:
    """`wizcli dir scan --path . --format json > wiz.json`, likewise `wizcli docker scan` and `wizcli iac scan`"""
    is_image = False
    for node in report.json("scanOriginResource", "createdAt", *_PACKAGES, _SECRETS, *_RULES):
        if node.pattern == "scanOriginResource":
            name, kind = sdk.text(node.value.get("name")), sdk.text(node.value.get("__typename"))
            is_image = kind == "CICDScanOriginContainerImage"
            yield sdk.ReportHeader(asset=name, asset_kind="image" if is_image else None)
        elif node.pattern == "createdAt":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        elif node.pattern in _PACKAGES:
            found = partial(_vulnerability, sdk.CONTAINER if is_image else sdk.SCA, node.value)
            yield from sdk.each(node.value.get("vulnerabilities"), found, node.position)
        elif node.pattern == _SECRETS:
            yield from report.read_one(node, _secret)
        else:
            yield from sdk.each(node.value.get("matches"), partial(_match, node.value), node.position)


def _vulnerability(kind: sdk.FindingKind, package: sdk.Json, found: sdk.Json) -> sdk.Findings:
    name, version = package["name"], sdk.text(package.get("version"))
    path = sdk.text(package.get("path"))
    yield sdk.ReportedFinding(
        kind=kind,
        title=packages.title(found["name"], name, version),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["name"],
        description=sdk.text(found.get("description")),
        identifiers=sdk.identifiers(found["name"]),
        cvss=sdk.assessments(*_assessments(found)),
        epss=sdk.number(found.get("epssProbability")),
        known_exploited=True if found.get("hasCisaKevExploit") is True else None,
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(_ecosystem(path or ""), name, version),
                fixed_versions=sdk.texts([found.get("fixedVersion")]),
                path=path,
                layer=sdk.text(sdk.pick(package, "layerMetadata.id")),
            ),
        ),
        references=sdk.urls(found.get("source")),
        tags=("exploit known",) if found.get("hasExploit") is True else (),
    )


def _ecosystem(path: str) -> str | None:
    """Wiz does not say what a package is, but where it is declared."""
    file = path.rpartition("/")[2]
    if file in ("go.mod", "go.sum"):
        return "golang"
    if file in ("package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"):
        return "npm"
    if file in ("requirements.txt", "poetry.lock", "Pipfile.lock", "METADATA"):
        return "pypi"
    return "maven" if file == "pom.xml" or file.endswith(".jar") else None


def _assessments(found: sdk.Json) -> Iterator[sdk.Rating]:
    for version, name in (("3.1", "cvssV3Metrics"), ("2.0", "cvssV2Metrics")):
        vector = found.get(name) if isinstance(found.get(name), str) else None
        yield vector, found.get("score") if version == "3.1" else None, "Wiz", version


def _secret(found: sdk.Json) -> sdk.Findings:
    word = sdk.text(found.get("severity"))
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=found["description"],
        severity=sdk.severity(word) if word else sdk.Severity.HIGH,  # before 2025 Wiz did not rate secrets
        severity_reported=word,
        rule_id=sdk.text(found.get("type")),
        locations=(sdk.Location(path=found.get("path"), line=sdk.line(found.get("lineNumber"))),),
        tags=sdk.texts([each.get("name") for each in sdk.listed(found.get("contains")) if each.get("name")]),
    )


def _match(rule: sdk.Json, match: sdk.Json) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=rule["rule"]["name"],
        severity=sdk.severity(rule.get("severity")),
        severity_reported=sdk.text(rule.get("severity")),
        rule_id=rule["rule"]["id"],
        rule_name=rule["rule"]["name"],
        description="\n".join(sdk.texts([match.get("expected"), match.get("found")])) or None,
        remediation=sdk.text(match.get("remediationInstructions")),
        locations=(
            sdk.Location(
                path=sdk.text(match.get("fileName")),
                line=sdk.line(match.get("lineNumber")),
                snippet=sdk.text(match.get("matchContent")),
                resource=sdk.text(match.get("resourceName")),
                evidence=sdk.text(match.get("found")),
            ),
        ),
        tags=sdk.texts([match.get("fileType")]),
    )
