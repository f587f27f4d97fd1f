"""Node Security Platform: known vulnerabilities of npm packages (until 2018)."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import npm_registry, packages


@sdk.parser(
    id="nsp-json",
    scanner="Node Security Platform",
    docs="https://github.com/nodesecurity/nsp#output-reporters",
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("item.module", "item.advisory", "item.vulnerable_versions"),
    items=sdk.JsonItems("item"),
    versions="nsp 2 and 3",
)
def nsp(said: sdk.Json) -> sdk.Findings:
    """`nsp check --reporter json > nsp.json`"""
    name, score = said["module"], said.get("cvss_score")
    path = " > ".join(sdk.texts(said.get("path")))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(said.get("title"), name),
        severity=sdk.severity_of_score(score),
        severity_reported=sdk.text(score),
        rule_id=sdk.text(said.get("id")) or said["advisory"],
        description=sdk.text(said.get("overview")),
        remediation=sdk.text(said.get("recommendation")),
        identifiers=sdk.identifiers(said.get("cves"), said.get("overview")),
        cwes=sdk.cwes(said.get("cwe")) or packages.CWES,
        cvss=sdk.assessments((said.get("cvss_vector"), score, "Node Security Platform")),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            npm_registry.component(
                name, said.get("version"), npm_registry.first_fixed(said.get("patched_versions"))
            ),
        ),
        references=sdk.urls(said["advisory"]),
    )
