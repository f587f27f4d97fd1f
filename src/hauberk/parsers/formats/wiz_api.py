"""Wiz: issues and vulnerability findings as its GraphQL API answers, and as integrations keep them."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://win.wiz.io/reference/issues-query"
_SETTLED = ("RESOLVED", "IGNORED", "REJECTED")
_EXPLOITS = (("hasExploit", "exploit known"), ("hasCisaKevExploit", "CISA KEV"))
_LISTS = ("data.{}.nodes.item", "item.data.{}.nodes.item", "{}.nodes.item")


def _paths(*names: str) -> tuple[str, ...]:
    return tuple(path.format(name) for name in names for path in _LISTS)


def _is_answer(name: str, *fields: str) -> sdk.Sniff:
    return sdk.AnyOf(*(sdk.JsonKeys(*(f"{path}.{field}" for field in fields)) for path in _paths(name)))


@sdk.parser(
    id="wiz-issues-json",
    scanner="Wiz",
    title="Wiz issues (API)",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.AnyOf(
        _is_answer("issues", "entitySnapshot", "severity"),
        _is_answer("issuesV2", "entitySnapshot", "severity"),
    ),
)
def wiz_issues_json(report: sdk.Report) -> sdk.Findings:
    """POST the query `issuesV2` to the API's `/graphql`; one answer, or several in a list"""
    yield from report.read(report.json(*_paths("issues", "issuesV2")), _issue)


@sdk.parser(
    id="wiz-vulnerabilities-json",
    scanner="Wiz",
    title="Wiz vulnerability findings (API)",
    docs="https://win.wiz.io/reference/pull-vulnerabilities",
    kinds=[sdk.SCA],
    sniff=_is_answer("vulnerabilityFindings", "name", "vulnerableAsset"),
)
def wiz_vulnerabilities_json(report: sdk.Report) -> sdk.Findings:
    """POST the query `vulnerabilityFindings` to the API's `/graphql`; one answer, or several in a list"""
    yield from report.read(report.json(*_paths("vulnerabilityFindings")), _vulnerability)


def _issue(said: sdk.Json) -> sdk.Findings:
    rule = said.get("sourceRule") or said.get("control") or {}
    entity = said.get("entitySnapshot") or {}
    word, state = sdk.text(said.get("severity")), str(said.get("status") or "").upper()
    resource = sdk.first(*(entity.get(name) for name in ("externalId", "providerId", "name", "id")))
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=rule["name"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.text(rule.get("id")) or rule["name"],
        rule_name=rule["name"],
        description=_first(rule, "description"),
        remediation=sdk.first(rule.get("resolutionRecommendation"), rule.get("remediationInstructions")),
        identifiers=sdk.identifiers(rule["name"]),
        locations=(sdk.Location(resource=resource),),
        components=tuple(sdk.Component(name=name) for name in sdk.texts(entity.get("name"))),
        references=sdk.urls(said.get("url"), entity.get("cloudProviderURL")),
        tags=sdk.texts([entity.get(name) for name in ("type", "cloudPlatform", "region")]),
        stable_id=sdk.text(said.get("id")),
        suppression=_suppression(state, said.get("resolutionReason")),
        target=sdk.text(entity.get("subscriptionExternalId")),
        found_at=sdk.timestamp(said.get("createdAt")),
    )


def _first(rule: sdk.Json, name: str) -> str | None:
    """Queries rename it by the kind of rule: `controlDescription`, `cloudConfigurationRuleDescription`."""
    fitting = [value for key, value in rule.items() if key.lower().endswith(name)]
    return sdk.first(fitting)


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    asset = said.get("vulnerableAsset") or {}
    word = sdk.first(*(said.get(name) for name in ("severity", "vendorSeverity", "CVSSSeverity")))
    name, version = sdk.text(said.get("detailedName")), sdk.text(said.get("version"))
    path = sdk.text(said.get("locationPath"))
    resource = sdk.first(*(asset.get(key) for key in ("providerUniqueId", "name", "id")))
    component = sdk.Component(
        name=name or "", version=version, fixed_versions=sdk.texts([said.get("fixedVersion")]), path=path
    )
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(said["name"], name, version) if name else said["name"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=said["name"],
        description=sdk.first(said.get("CVEDescription"), said.get("description")),
        remediation=sdk.text(said.get("remediation")),
        identifiers=sdk.identifiers(said["name"]),
        cvss=sdk.assessments((sdk.pick(said, "cvssv3.vector"), said.get("score"), "Wiz")),
        epss=sdk.number(said.get("epssProbability")),
        known_exploited=said.get("hasCisaKevExploit") is True or None,
        locations=(sdk.Location(path=path, resource=resource),),
        components=(component,) if name else (),
        references=sdk.urls(said.get("link"), said.get("portalUrl")),
        tags=tuple(tag for field, tag in _EXPLOITS if said.get(field) is True),
        stable_id=sdk.text(said.get("id")),
        suppression=_suppression(str(said.get("status") or "").upper(), said.get("resolutionReason")),
        target=resource,
        found_at=sdk.timestamp(said.get("firstDetectedAt")),
    )


def _suppression(state: str, reason: sdk.Json) -> sdk.Suppression | None:
    return sdk.suppression(state in _SETTLED, justification=sdk.text(reason) or state)
