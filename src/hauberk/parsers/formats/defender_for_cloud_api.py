"""Microsoft Defender for Cloud's API: assessments, their sub-assessments and alerts, as az and REST give them."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_LISTS = ("value.item", "item")
_TYPE = r"(?i)Microsoft\.Security/(.*/)?(assessments|subAssessments|alerts)"
_OVER = ("Healthy", "NotApplicable", "Dismissed", "Resolved")


@sdk.parser(
    id="defender-for-cloud-json",
    scanner="Defender for Cloud",
    title="Defender for Cloud API",
    docs="https://learn.microsoft.com/en-us/rest/api/defenderforcloud/",
    kinds=[sdk.CLOUD, sdk.CONTAINER],
    sniff=sdk.AnyOf(*(sdk.JsonKeys(f"{path}.id", values={f"{path}.type": _TYPE}) for path in _LISTS)),
    versions="assessments and sub-assessments 2020-01-01 and later, alerts 2022-01-01",
)
def defender_for_cloud_json(report: sdk.Report) -> sdk.Findings:
    """`az security assessment list > assessments.json`, `az security alert list`, `az rest` of …/subAssessments"""
    yield from report.read(report.json(*_LISTS), _item)


def _item(item: sdk.Json) -> sdk.Findings:
    said = item.get("properties") or item
    if item["type"].lower().endswith("/alerts"):
        yield _alert(item, said)
    elif sdk.pick(said, "status.code") not in _OVER:
        yield _assessment(item, said)


def _components(details: sdk.Json) -> Iterator[sdk.Component]:
    if name := sdk.text(sdk.pick(details, "packageName")):
        version = sdk.text(details.get("version"))
        yield sdk.Component(
            name=name,
            version=version,
            purl=sdk.purl(sdk.text(details.get("language")), name, version),
            fixed_versions=sdk.texts([details.get("fixedVersion")]),
        )


def _assessment(item: sdk.Json, said: sdk.Json) -> sdk.ReportedFinding:
    about = said.get("metadata") or {}
    more = said.get("additionalData") or {}
    is_sub = item["type"].lower().endswith("subassessments")
    resource = sdk.first(sdk.pick(said, "resourceDetails.id"), sdk.pick(said, "resourceDetails.Id"))
    word = sdk.first(sdk.pick(said, "status.severity"), about.get("severity"))
    cves = [each.get("title") for each in sdk.listed(more.get("cve")) if isinstance(each, dict)]
    details = more.get("softwareDetails")
    package = sdk.text(sdk.pick(details, "packageName"))
    rule = sdk.text(said.get("id")) if is_sub else sdk.text(item.get("name"))
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER if package else sdk.CLOUD,
        title=said["displayName"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=rule,
        rule_name=said["displayName"],
        description=sdk.first(said.get("description"), about.get("description")),
        remediation=sdk.first(said.get("remediation"), about.get("remediationDescription")),
        identifiers=sdk.identifiers(*cves, said.get("id")),
        cvss=sdk.assessments(*_assessments(more)),
        locations=(
            sdk.Location(
                resource=resource.lower() if resource else None,
                evidence=sdk.text(sdk.pick(said, "status.description")),
            ),
        ),
        components=tuple(_components(details)),
        references=sdk.urls(
            sdk.pick(said, "links.azurePortal"),
            [each.get("link") for each in sdk.listed(more.get("vendorReferences")) if isinstance(each, dict)],
        ),
        tags=sdk.texts([said.get("category"), *sdk.texts(about.get("categories") or ())]),
        stable_id=sdk.text(item.get("id")),
        target=resource if package else _subscription(item["id"]),
        found_at=sdk.timestamp(sdk.pick(said, "status.firstEvaluationDate") or said.get("timeGenerated")),
    )


def _alert(item: sdk.Json, said: sdk.Json) -> sdk.ReportedFinding:
    known: list[dict[str, sdk.Json]] = said.get("resourceIdentifiers") or []
    resources = sdk.texts([each.get("azureResourceId") for each in known])
    places = tuple(sdk.Location(resource=each.lower()) for each in resources)
    state = sdk.text(said.get("status")) or ""
    return sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=said["alertDisplayName"],
        severity=sdk.severity(said.get("severity")),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=sdk.text(said.get("alertType")),
        rule_name=said["alertDisplayName"],
        description=sdk.text(said.get("description")),
        remediation="\n".join(sdk.texts(said.get("remediationSteps") or ())) or None,
        locations=places or (sdk.Location(resource=sdk.text(said.get("compromisedEntity"))),),
        references=sdk.urls(said.get("alertUri"), said.get("extendedLinks")),
        tags=sdk.texts([said.get("intent"), said.get("productName")]),
        stable_id=sdk.text(item.get("name")),
        suppression=sdk.suppression(state in _OVER, justification=state),
        target=_subscription(item["id"]),
        found_at=sdk.timestamp(said.get("startTimeUtc") or said.get("timeGeneratedUtc")),
    )


def _assessments(more: sdk.Json) -> Iterator[sdk.Rating]:
    for version, given in (more.get("cvss") or {}).items():
        yield None, sdk.pick(given, "base"), "Microsoft", sdk.text(version)


def _subscription(identifier: str) -> str | None:
    return sdk.text(sdk.pick(identifier.split("/"), "2"))
