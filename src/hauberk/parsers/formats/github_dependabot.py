"""GitHub Dependabot alerts: known vulnerabilities of a repository's dependencies, from the REST and the GraphQL API."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import github

_ALERTS = "vulnerabilityAlerts"
_HOLDERS = (
    "data.repository",
    "data.search.nodes.item",
    "data.repository.search.nodes.item",
    "data.*.repositories.nodes.item",  # of an organization, a user or the viewer
    "data.*.repository",
    "data.node",
    "data.nodes.item",
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
    yield _finding(alert)


@sdk.parser(
    id="github-dependabot-graphql-json",
    scanner="GitHub Dependabot",
    title="GitHub Dependabot alerts (GraphQL)",
    docs="https://docs.github.com/en/graphql/reference/objects#repositoryvulnerabilityalert",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(*(sdk.JsonKeys(f"{holder}.{_ALERTS}") for holder in _HOLDERS)),
    versions="answers of GraphQL with `vulnerabilityAlerts` of repositories, however they were asked for",
)
def github_dependabot_graphql(report: sdk.Report) -> sdk.Findings:
    """`gh api graphql -f query='{repository(owner:"O",name:"R"){vulnerabilityAlerts(first:100){nodes{…}}}}'`"""
    ends = (f"{_ALERTS}.nodes.item", f"{_ALERTS}.edges.item.node")
    paths = [f"{holder}.{end}" for holder in _HOLDERS for end in ends]
    yield from report.read(report.json(*paths), _alert)


def _alert(alert: sdk.Json) -> sdk.Findings:
    """The same alert by its names in the REST API."""
    said = alert["securityVulnerability"]
    advisory = said["advisory"]
    rated = {**(advisory.get("cvssSeverities") or {}), "cvss": advisory.get("cvss")}
    yield _finding(
        {
            **alert,
            "created_at": alert.get("createdAt"),
            "url": alert.get("id"),
            "html_url": sdk.pick(alert, "dependabotUpdate.pullRequest.permalink"),
            "dependency": {
                "package": said["package"],
                "version": (sdk.text(alert.get("vulnerableRequirements")) or "").removeprefix("=").strip(),
                "manifest_path": alert.get("vulnerableManifestPath"),
                "scope": alert.get("dependencyScope"),
            },
            "security_vulnerability": {
                "severity": said.get("severity"),
                "first_patched_version": said.get("firstPatchedVersion"),
            },
            "security_advisory": {
                **advisory,
                "ghsa_id": advisory.get("ghsaId"),
                "cwes": [
                    {"cwe_id": each.get("cweId")} for each in sdk.listed(sdk.pick(advisory, "cwes.nodes"))
                ],
                "cvss_severities": {
                    name: {"vector_string": sdk.pick(each, "vectorString"), "score": sdk.pick(each, "score")}
                    for name, each in rated.items()
                },
            },
        }
    )


def _finding(alert: sdk.Json) -> sdk.ReportedFinding:
    dependency, advisory = alert.get("dependency") or {}, alert["security_advisory"]
    vulnerability = alert.get("security_vulnerability") or {}
    package = dependency.get("package") or vulnerability["package"]
    name, version = package["name"], sdk.text(dependency.get("version"))
    path = sdk.text(dependency.get("manifest_path"))
    word = sdk.first(vulnerability.get("severity"), advisory.get("severity"))
    ecosystem = (sdk.text(package.get("ecosystem")) or "").lower()
    identifiers = sdk.texts([each.get("value") for each in sdk.listed(advisory.get("identifiers"))])
    rated = (advisory.get("cvss_severities") or {"cvss_v3": advisory.get("cvss")}).values()
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=sdk.text(advisory.get("summary")) or f"Known vulnerability in {name}",
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.first(identifiers) or sdk.text(advisory.get("ghsa_id")),
        description=sdk.text(advisory.get("description")),
        identifiers=identifiers or sdk.identifiers(advisory.get("ghsa_id"), advisory.get("cve_id")),
        cwes=sdk.cwes([each.get("cwe_id") for each in sdk.listed(advisory.get("cwes"))]),
        cvss=sdk.assessments(
            *((each.get("vector_string"), each.get("score") or None, "GitHub") for each in rated if each)
        ),
        epss=sdk.number(sdk.pick(advisory, "epss.percentage")),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(ecosystem, name, version),
                fixed_versions=sdk.texts(sdk.pick(vulnerability, "first_patched_version.identifier")),
                path=path,
            ),
        ),
        references=sdk.urls(
            alert.get("html_url"), [each.get("url") for each in sdk.listed(advisory.get("references"))]
        ),
        tags=sdk.texts([(sdk.text(dependency.get("scope")) or "").lower()]),
        stable_id=sdk.first(alert.get("url"), alert.get("number")),
        suppression=github.suppression(alert),
        target=sdk.text(sdk.pick(alert, "repository.full_name")) or path,
        found_at=sdk.timestamp(alert.get("created_at")),
    )
