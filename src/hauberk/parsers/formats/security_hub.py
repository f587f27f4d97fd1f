"""AWS Security Hub: findings of all its products in the AWS Security Finding Format (ASFF)."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import inspector

# A list of them, as the API answers, and as EventBridge hands them on.
_FINDINGS = ("item", "findings.item", "Findings.item", "detail.findings.item")
_SEVERITIES: sdk.Scale = {  # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
}
_NORMALIZED = ((90, "critical"), (70, "high"), (40, "medium"), (1, "low"), (0, "informational"))
_IMAGES = ("Container", "AwsEcrContainerImage")


@sdk.parser(
    id="asff-json",
    scanner="AWS Security Hub",
    docs="https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html",
    kinds=[sdk.CLOUD, sdk.SCA, sdk.CONTAINER],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(
                *(f"{path}.{key}" for key in ("SchemaVersion", "ProductArn", "GeneratorId", "Resources"))
            )
            for path in _FINDINGS
        ),
        sdk.JsonKeys(empty=("Findings",)),
    ),
    versions="ASFF 2018-10-08: Security Hub, GuardDuty, Inspector, Macie, Prowler (`-M json-asff`) and others",
)
def security_hub(report: sdk.Report) -> sdk.Findings:
    """`aws securityhub get-findings > findings.json`"""
    yield from report.read(report.json(*_FINDINGS), _finding)


def _finding(item: sdk.Json) -> sdk.Findings:
    resources = item["Resources"]
    known = sdk.listed(item.get("Vulnerabilities"))
    packages = tuple(_packages(known))
    word = _word(item)
    fields = item.get("ProductFields") or {}
    recommended = sdk.pick(item, "Remediation.Recommendation") or {}
    yield sdk.ReportedFinding(
        kind=_kind(resources, is_package=bool(packages)),
        title=item["Title"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=_rule(item),
        rule_name=sdk.first(item.get("ProductName"), fields.get("aws/securityhub/ProductName")),
        description=sdk.text(item.get("Description")),
        remediation=sdk.text(recommended.get("Text")),
        identifiers=sdk.identifiers(
            *(name for one in known for name in (one.get("Id"), one.get("RelatedVulnerabilities")))
        ),
        cwes=sdk.cwes(item.get("Types")),
        cvss=sdk.assessments(*_assessments(known)),
        epss=sdk.number(sdk.first(*(each.get("EpssScore") for each in (item, *known)))),
        locations=tuple(place for resource in resources for place in _places(resource)),
        components=packages or tuple(sdk.Component(name=each["Type"]) for each in resources),
        references=sdk.urls(
            item.get("SourceUrl"),
            recommended.get("Url"),
            *(
                address
                for one in known
                for address in (sdk.pick(one, "Vendor.Url"), one.get("ReferenceUrls"))
            ),
        ),
        tags=sdk.texts(item.get("Types") or ()),
        stable_id=sdk.text(item["Id"]),
        suppression=_suppression(item),
        target=sdk.text(resources[0]["Id"]) if packages else sdk.text(item.get("AwsAccountId")),
        found_at=sdk.timestamp(item.get("FirstObservedAt") or item.get("CreatedAt")),
    )


def _rule(item: sdk.Json) -> str | None:
    """The control; for AWS's other products, whose generator is one detector, the vulnerability or type of finding."""
    control = sdk.pick(item, "Compliance.SecurityControlId") or sdk.pick(item, "ProductFields.ControlId")
    is_detector = "::product/aws/" in item["ProductArn"] and not item["ProductArn"].endswith("/securityhub")
    known = sdk.pick(item, "Vulnerabilities.0.Id") or sdk.first(sdk.identifiers(item["Title"]))
    special = known or sdk.pick(item, "Types.0") if is_detector else None
    return sdk.first(control, special) or sdk.text(item["GeneratorId"])


def _word(item: sdk.Json) -> str | None:
    rated = item.get("Severity") or sdk.pick(item, "FindingProviderFields.Severity") or {}
    normalized = sdk.number(rated.get("Normalized"))
    by_number = next(
        (name for floor, name in _NORMALIZED if normalized is not None and normalized >= floor), None
    )
    return sdk.text(rated.get("Label")) or by_number


def _kind(resources: sdk.Json, *, is_package: bool) -> sdk.FindingKind:
    if not is_package:
        return sdk.CLOUD
    return sdk.CONTAINER if any(each["Type"] in _IMAGES for each in resources) else sdk.SCA


def _assessments(known: sdk.Json) -> Iterator[sdk.Rating]:
    for rated in (each for one in known for each in sdk.listed(one.get("Cvss"))):
        yield rated.get("BaseVector"), rated.get("BaseScore"), rated.get("Source"), rated.get("Version")


def _packages(known: sdk.Json) -> Iterator[sdk.Component]:
    for vulnerability in known:
        for package in sdk.listed(vulnerability.get("VulnerablePackages")):
            release = sdk.text(package.get("Release"))
            said, manager = sdk.text(package.get("Version")), sdk.text(package.get("PackageManager"))
            yield sdk.Component(
                name=package["Name"],
                version="-".join(sdk.texts([said, release])) or None,
                purl=inspector.purl(manager, package["Name"], said, release),
                fixed_versions=sdk.texts([package.get("FixedInVersion")]),
                path=sdk.text(package.get("FilePath")),
            )


def _places(resource: sdk.Json) -> Iterator[sdk.Location]:
    """The resource, and for a virtual machine the addresses at which it is reached."""
    name, region = resource["Id"], sdk.text(resource.get("Region"))
    if region and not name.startswith("arn:"):  # an account, checked in each region
        name = f"{region}:{name}"
    yield sdk.Location(resource=name)
    for address in sdk.texts(sdk.pick(resource, "Details.AwsEc2Instance.IpV4Addresses") or ()):
        yield sdk.Location(resource=name, host=address)


def _suppression(item: sdk.Json) -> sdk.Suppression | None:
    """Security Hub goes on to export what passed, was resolved, archived or suppressed: none of it counts."""
    workflow = sdk.text(sdk.pick(item, "Workflow.Status"))
    if workflow in ("SUPPRESSED", "RESOLVED"):
        return sdk.Suppression(justification=sdk.text(sdk.pick(item, "Note.Text")) or workflow)
    if sdk.pick(item, "Compliance.Status") == "PASSED":
        return sdk.Suppression(justification="The control passed.")
    return sdk.suppression(item.get("RecordState") == "ARCHIVED", justification="ARCHIVED")
