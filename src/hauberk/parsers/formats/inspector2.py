"""Amazon Inspector: vulnerabilities of instances, images and functions, of code, and what the network reaches."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import inspector

_HOSTS = ("publicIpV4Address", "ipV4Addresses", "ipV6Addresses")
_MACHINES = ("awsEc2Instance", "awsEcrContainerImage")


@sdk.parser(
    id="inspector2-json",
    scanner="Amazon Inspector",
    docs="https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html",
    kinds=[sdk.SCA, sdk.CONTAINER, sdk.SAST, sdk.CLOUD],
    sniff=sdk.JsonKeys("findings.item.findingArn", "findings.item.severity", "findings.item.resources"),
    items=sdk.JsonItems("findings.item"),
    versions="Inspector v2",
)
def inspector2(finding: sdk.Json) -> sdk.Findings:
    """`aws inspector2 list-findings > inspector.json`"""
    yield from _finding(finding)


@sdk.parser(
    id="inspector2-events-json",
    scanner="Amazon Inspector",
    title="Amazon Inspector events",
    docs="https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html",
    kinds=[sdk.SCA, sdk.CONTAINER, sdk.SAST, sdk.CLOUD],
    sniff=sdk.JsonLineKeys(
        "detail.findingArn", "detail.severity", "detail.resources", values={"source": r"aws\.inspector2"}
    ),
    items=sdk.JsonLines(),
    versions="Inspector v2",
)
def inspector2_events(event: sdk.Json) -> sdk.Findings:
    """Events of the type `Inspector2 Finding` that an EventBridge rule kept, one or a list or one a line"""
    yield from _finding(event["detail"])


def _finding(finding: sdk.Json) -> sdk.Findings:
    known = finding.get("packageVulnerabilityDetails") or {}
    code = finding.get("codeVulnerabilityDetails") or {}
    network = finding.get("networkReachabilityDetails") or {}
    resources, state = finding["resources"], sdk.text(finding.get("status"))
    packages = tuple(_packages(known, _platform(resources)))
    is_image = any(each["type"] == "AWS_ECR_CONTAINER_IMAGE" for each in resources)
    rules = [known.get("vulnerabilityId"), code.get("ruleId"), code.get("detectorId")]
    yield sdk.ReportedFinding(
        kind=inspector.kind_of(finding["type"], is_image=is_image),
        title=finding["title"],
        severity=sdk.severity(finding.get("severity"), inspector.SEVERITIES),
        severity_reported=sdk.text(finding.get("severity")),
        rule_id=sdk.first(rules, _reached(finding, network)),
        rule_name=sdk.text(code.get("detectorName")),
        description=sdk.text(finding.get("description")),
        remediation=inspector.said(sdk.pick(finding, "remediation.recommendation.text")),
        identifiers=sdk.identifiers(known.get("vulnerabilityId"), known.get("relatedVulnerabilities")),
        cwes=sdk.cwes(code.get("cwes"), known.get("cwes")),
        cvss=sdk.assessments(*_assessments(known)),
        epss=sdk.number(sdk.pick(finding, "epss.score")),
        locations=(*_code(code), *_places(resources, network, packages)),
        components=packages,
        references=sdk.urls(
            known.get("sourceUrl"),
            known.get("referenceUrls"),
            code.get("referenceUrls"),
            sdk.pick(finding, "remediation.recommendation.Url"),
        ),
        tags=sdk.texts([finding["type"], *sdk.texts(code.get("detectorTags") or ())]),
        stable_id=sdk.text(finding["findingArn"]),
        suppression=sdk.suppression(state not in ("ACTIVE", None), justification=state),
        target=sdk.text(resources[0].get("id")) if resources else None,
        found_at=sdk.timestamp(finding.get("firstObservedAt"), "%b %d, %Y, %I:%M:%S %p"),
    )


def _reached(finding: sdk.Json, network: sdk.Json) -> str:
    """What is reachable is a finding for each port of the instance."""
    ports = network.get("openPortRange") or {}
    return ":".join(
        sdk.texts([finding["type"], network.get("protocol"), ports.get("begin"), ports.get("end")])
    )


def _platform(resources: sdk.Json) -> str | None:
    said = (sdk.pick(each, f"details.{kind}.platform") for each in resources for kind in _MACHINES)
    return sdk.first(*said)


def _packages(known: sdk.Json, platform: str | None) -> Iterator[sdk.Component]:
    for package in sdk.listed(known.get("vulnerablePackages")):
        version = sdk.text(package.get("version"))
        manager, release = sdk.text(package.get("packageManager")), sdk.text(package.get("release"))
        yield sdk.Component(
            name=package["name"],
            version=version,
            purl=inspector.purl(manager, package["name"], version, release, platform),
            fixed_versions=sdk.texts(inspector.said(package.get("fixedInVersion"))),
            path=sdk.text(package.get("filePath")),
            layer=sdk.first(package.get("sourceLayerHash"), package.get("sourceLambdaLayerArn")),
        )


def _assessments(known: sdk.Json) -> Iterator[sdk.Rating]:
    for each in sdk.listed(known.get("cvss")):
        yield (
            each.get("scoringVector"),
            each.get("baseScore"),
            sdk.text(each.get("source")),
            sdk.text(each.get("version")),
        )


def _code(code: sdk.Json) -> Iterator[sdk.Location]:
    where = code.get("filePath")
    if where:
        yield sdk.Location(
            path=sdk.first(where.get("filePath"), where.get("fileName")),
            line=sdk.line(where.get("startLine")),
            end_line=sdk.line(where.get("endLine")),
        )


def _places(
    resources: sdk.Json, network: sdk.Json, packages: tuple[sdk.Component, ...]
) -> Iterator[sdk.Location]:
    """The resource, at the port that the network reaches, then the addresses of a virtual machine."""
    for resource in resources:
        for path in dict.fromkeys(package.path for package in packages) or (None,):
            yield sdk.Location(
                path=path,
                resource=resource["id"],
                port=sdk.port(sdk.pick(network, "openPortRange.begin")),
                protocol=sdk.text(network.get("protocol")),
            )
        instance = sdk.pick(resource, "details.awsEc2Instance") or {}
        for host in (host for key in _HOSTS for host in sdk.texts(instance.get(key) or ())):
            yield sdk.Location(resource=resource["id"], host=host)
