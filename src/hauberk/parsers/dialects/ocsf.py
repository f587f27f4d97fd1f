"""OCSF findings (Open Cybersecurity Schema Framework, category 2): what clouds and scanners alike write as events."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://schema.ocsf.io/1.4.0/classes/detection_finding: severity_id and its captions
    **dict.fromkeys(("6", "fatal", "5", "critical"), sdk.Severity.CRITICAL),
    **dict.fromkeys(("4", "high"), sdk.Severity.HIGH),
    **dict.fromkeys(("3", "medium"), sdk.Severity.MEDIUM),
    **dict.fromkeys(("2", "low"), sdk.Severity.LOW),
    **dict.fromkeys(("1", "informational"), sdk.Severity.INFO),
}
_IS_OVER = ("suppressed", "resolved", "archived", "deleted")
_IMAGES = ("image", "container")
_FOUND = ("first_seen_time_dt", "first_seen_time", "created_time_dt", "created_time")


def findings(event: sdk.Json, *, cwes: tuple[int, ...] = ()) -> sdk.Findings:
    """One finding for each vulnerability of the event, else for the event; `cwes` is what a scanner's are all about."""
    product = sdk.pick(event, "metadata.product") or {}
    yield sdk.ReportHeader(
        scanner=sdk.text(product.get("name")), tool_version=sdk.text(product.get("version"))
    )
    if not _has_passed(event):
        for known in event.get("vulnerabilities") or [{}]:
            yield _finding(event, known, cwes)


def _has_passed(event: sdk.Json) -> bool:
    said = (event.get("status_code"), sdk.pick(event, "compliance.status"))
    return any((sdk.text(word) or "").lower() in ("pass", "passed") for word in said)


def _finding(event: sdk.Json, known: sdk.Json, cwes: tuple[int, ...]) -> sdk.ReportedFinding:
    info = event.get("finding_info") or event.get("finding") or {}
    cve = known.get("cve") or {}
    remedy = known.get("remediation") or event.get("remediation") or info.get("remediation") or {}
    resources = event.get("resources") or event.get("resource") or []
    resources = resources if isinstance(resources, list) else [resources]
    account = sdk.text(sdk.pick(event, "cloud.account.uid"))
    packages, addresses = tuple(_packages(known)), filter(None, map(_address, resources))
    word = sdk.first(event.get("severity"), event.get("severity_id"))
    happened = event.get("status_detail") or event.get("message")
    about = known.get("desc") or info.get("desc")
    moments = (*(info.get(key) for key in _FOUND), event.get("time"))
    notes = event.get("unmapped") or {}
    return sdk.ReportedFinding(
        kind=_kind(known, resources),
        title=sdk.first(known.get("title"), info.get("title")) or event["message"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=_rule(event, info, known),
        description=sdk.paragraphs(happened, about, event.get("risk_details")),
        remediation=sdk.text(remedy.get("desc")),
        identifiers=sdk.identifiers(cve.get("uid"), sdk.pick(known, "advisory.uid"), known.get("title")),
        cwes=sdk.cwes(*_weaknesses(known), *_weaknesses(cve)) or cwes,
        cvss=sdk.assessments(*_assessments(cve)),
        epss=sdk.number(sdk.pick(cve, "epss.score")),
        locations=(*_code(known), *_places(event, resources)),
        components=packages or tuple(sdk.Component(name=name) for name in addresses),
        references=sdk.urls(
            info.get("src_url"),
            known.get("references"),
            cve.get("references"),
            remedy.get("references"),
            remedy.get("kb_articles"),
            notes.get("related_url"),
            notes.get("additional_urls"),
        ),
        tags=sdk.texts(info.get("types") or ()) + sdk.texts(notes.get("categories") or ()),
        confidence=sdk.text(event.get("confidence")),
        stable_id=sdk.text(info.get("uid")),
        suppression=_suppression(event),
        target=_address(resources[0]) if packages and resources else account,
        found_at=next(filter(None, map(sdk.timestamp, moments)), None),
    )


def _kind(known: sdk.Json, resources: sdk.Json) -> sdk.FindingKind:
    if known.get("affected_packages") or known.get("packages"):
        types = " ".join(sdk.text(each.get("type")) or "" for each in resources).lower()
        return sdk.CONTAINER if any(word in types for word in _IMAGES) else sdk.SCA
    if known.get("affected_code"):
        return sdk.SAST
    return sdk.CLOUD if resources or not known else sdk.INFRASTRUCTURE


def _rule(event: sdk.Json, info: sdk.Json, known: sdk.Json) -> str | None:
    """The vulnerability, the check's code, the control or the analytic: the first that the product names."""
    ways = (
        (known, "cve.uid"),
        (known, "advisory.uid"),
        (event, "metadata.event_code"),
        (event, "compliance.control"),
        (info, "analytic.uid"),
        (info, "analytic.name"),
        (event, "metadata.product.feature.uid"),
    )
    return sdk.first(*(sdk.pick(place, path) for place, path in ways))


def _weaknesses(known: sdk.Json) -> Iterator[str | None]:
    yield sdk.first(sdk.pick(known, "cwe.uid"), known.get("cwe_uid"))
    for each in sdk.listed(known.get("related_cwes")):
        yield sdk.text(each.get("uid"))


def _assessments(cve: sdk.Json) -> Iterator[sdk.Rating]:
    given = cve.get("cvss") or []
    for each in given if isinstance(given, list) else [given]:
        score = each.get("base_score", each.get("overall_score"))
        yield (
            each.get("vector_string"),
            score,
            sdk.text(each.get("vendor_name")),
            sdk.text(each.get("version")),
        )


def _packages(known: sdk.Json) -> Iterator[sdk.Component]:
    for package in known.get("affected_packages") or known.get("packages") or ():
        version = "-".join(sdk.texts([package.get("version"), package.get("release")])) or None
        ecosystem = sdk.first(package.get("type"), package.get("package_manager"))
        yield sdk.Component(
            name=package["name"],
            version=version,
            purl=sdk.text(package.get("purl")) or sdk.purl(ecosystem, package["name"], version),
            fixed_versions=sdk.texts([package.get("fixed_in_version")]),
            path=sdk.text(package.get("path")),
        )


def _code(known: sdk.Json) -> Iterator[sdk.Location]:
    for each in sdk.listed(known.get("affected_code")):
        file = each.get("file") or {}
        yield sdk.Location(
            path=sdk.first(file.get("path"), file.get("name")),
            line=sdk.line(each.get("start_line")),
            end_line=sdk.line(each.get("end_line")),
        )


def _places(event: sdk.Json, resources: sdk.Json) -> Iterator[sdk.Location]:
    evidence = sdk.first(event.get("status_detail"), event.get("message"))
    for each in resources:
        yield sdk.Location(
            resource=_address(each),
            host=sdk.first(each.get("hostname"), each.get("ip")),
            evidence=evidence,
        )
    device = event.get("device") or {}
    host = sdk.first(device.get("hostname"), device.get("ip"))
    if host:
        yield sdk.Location(host=host, resource=sdk.text(device.get("uid")))


def _address(resource: sdk.Json) -> str | None:
    return sdk.first(resource.get("uid"), resource.get("name"))


def _suppression(event: sdk.Json) -> sdk.Suppression | None:
    state = sdk.text(event.get("status")) or ""
    comment = sdk.text(event.get("comment"))
    return sdk.suppression(state.lower() in _IS_OVER, justification=comment or state)
