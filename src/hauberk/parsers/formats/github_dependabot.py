"""GitHub Dependabot alerts: known vulnerabilities of a repository's dependencies, from the REST and the GraphQL API."""

from typing import Any

from hauberk.parsers import sdk
from hauberk.parsers.dialects import github

_ALERTS = "vulnerabilityAlerts"
_HOLDERS = (
    "data.repository",
    "data.search.nodes.item",
    "data.repository.search.nodes.item",
    "data.organization.repositories.nodes.item",
    "data.viewer.repositories.nodes.item",
    "data.search.edges.item.node",
)


@sdk.parser(
    id="github-dependabot-json",
    scanner="GitHub Dependabot",
    title="GitHub Dependabot alerts (REST)",
    docs="https://docs.github.com/en/rest/dependabot/alerts",
    kinds=[sdk.SCA],
    sniff=sdk.JsonLineKeys("number", "dependency.package", "security_advisory.ghsa_id"),
    items=sdk.JsonLines(),
    versions="REST API 2022-11-28, one page or several",
)
def github_dependabot(alert: sdk.Json) -> sdk.Findings:
    """`gh api --paginate repos/OWNER/REPO/dependabot/alerts > dependabot.json`"""
    package = sdk.pick(alert, "dependency.package")
    advisory, vulnerability = alert["security_advisory"], alert.get("security_vulnerability") or {}
    cvss = advisory.get("cvss_severities") or {"cvss_v3": advisory.get("cvss")}
    yield _finding(
        alert,
        ecosystem=package.get("ecosystem"),
        name=package["name"],
        manifest=sdk.pick(alert, "dependency.manifest_path"),
        scope=sdk.pick(alert, "dependency.scope"),
        severity=vulnerability.get("severity") or advisory.get("severity"),
        fixed=sdk.pick(vulnerability, "first_patched_version.identifier"),
        advisory=advisory,
        cwes=[cwe.get("cwe_id") for cwe in advisory.get("cwes") or ()],
        cvss=[(sdk.pick(each, "vector_string"), sdk.pick(each, "score")) for each in cvss.values()],
        url=alert.get("html_url"),
        stable_id=sdk.text(alert.get("url")) or sdk.text(alert["number"]),
    )


@sdk.parser(
    id="github-dependabot-graphql-json",
    scanner="GitHub Dependabot",
    title="GitHub Dependabot alerts (GraphQL)",
    docs="https://docs.github.com/en/graphql/reference/objects#repositoryvulnerabilityalert",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(*(sdk.JsonKeys(f"{holder}.{_ALERTS}") for holder in _HOLDERS)),
    versions="answers of GraphQL with `vulnerabilityAlerts` of a repository, a search or an organization",
)
def github_dependabot_graphql(report: sdk.Report) -> sdk.Findings:
    """`gh api graphql -f query='{repository(owner:"O",name:"R"){vulnerabilityAlerts(first:100){nodes{…}}}}'`"""
    ends = (f"{_ALERTS}.nodes.item", f"{_ALERTS}.edges.item.node")
    paths = [f"{holder}.{end}" for holder in _HOLDERS for end in ends]
    yield from report.read(report.json(*paths), _alert)


def _alert(alert: sdk.Json) -> sdk.Findings:
    said = alert["securityVulnerability"]
    package, advisory = said["package"], said["advisory"]
    cvss = [*(advisory.get("cvssSeverities") or {}).values(), advisory.get("cvss")]
    url = sdk.text(sdk.pick(alert, "dependabotUpdate.pullRequest.permalink"))
    yield _finding(
        alert,
        ecosystem=package.get("ecosystem"),
        name=package["name"],
        version=(sdk.text(alert.get("vulnerableRequirements")) or "").removeprefix("=").strip() or None,
        manifest=alert.get("vulnerableManifestPath"),
        scope=alert.get("dependencyScope"),
        severity=said.get("severity"),
        fixed=sdk.pick(said, "firstPatchedVersion.identifier"),
        advisory=advisory,
        cwes=[cwe.get("cweId") for cwe in sdk.pick(advisory, "cwes.nodes") or ()],
        cvss=[(sdk.pick(each, "vectorString"), sdk.pick(each, "score")) for each in cvss],
        url=url,
        stable_id=sdk.text(alert.get("id")),
    )


def _finding(
    alert: sdk.Json, *, ecosystem: Any, name: str, manifest: Any, scope: Any, severity: Any, fixed: Any,
    advisory: sdk.Json, cwes: Any, cvss: Any, url: Any, stable_id: str | None, version: str | None = None,
) -> sdk.ReportedFinding:  # fmt: skip
    path, word = sdk.text(manifest), sdk.text(severity)
    identifiers = sdk.texts([each.get("value") for each in advisory.get("identifiers") or ()])
    assessed = (sdk.cvss(vector, score or None, "GitHub") for vector, score in cvss)
    ecosystem = (sdk.text(ecosystem) or "").lower()
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=sdk.text(advisory.get("summary")) or f"Known vulnerability in {name}",
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=next(iter(identifiers), None) or sdk.text(advisory.get("ghsa_id")),
        description=sdk.text(advisory.get("description")),
        identifiers=identifiers or sdk.identifiers(advisory.get("ghsa_id"), advisory.get("cve_id")),
        cwes=sdk.cwes(cwes),
        cvss=tuple(dict.fromkeys(each for each in assessed if each)),
        epss=sdk.number(sdk.pick(advisory, "epss.percentage")),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version),
                fixed_versions=sdk.texts(fixed),
                path=path,
            ),
        ),
        references=sdk.urls(url, [each.get("url") for each in advisory.get("references") or ()]),
        tags=sdk.texts([(sdk.text(scope) or "").lower()]),
        stable_id=stable_id,
        suppression=github.suppression(alert),
        target=sdk.text(sdk.pick(alert, "repository.full_name")) or path,
        found_at=sdk.timestamp(alert.get("created_at") or alert.get("createdAt")),
    )
