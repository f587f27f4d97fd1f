"""Black Duck: the vulnerable components of a project version, from its REST API."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import blackduck, packages


@sdk.parser(
    id="blackduck-api-json",
    scanner="Black Duck",
    title="Black Duck REST API",
    docs="https://github.com/blackducksoftware/hub-rest-api-python",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{root}componentName", f"{root}vulnerabilityWithRemediation.vulnerabilityName")
            for root in ("item.", "items.item.")
        ),
    ),
    versions="`vulnerable-bom-components` as answered, or the items as one list",
)
def blackduck_api(report: sdk.Report) -> sdk.Findings:
    """`GET /api/projects/ID/versions/ID/vulnerable-bom-components?limit=1000`"""
    yield from report.read(report.json("item", "items.item"), _vulnerability)


def _vulnerability(item: sdk.Json) -> sdk.Findings:
    """The related vulnerability (BDSA to CVE and back) is an address that ends in its identifier."""
    name, version = item["componentName"], sdk.text(item.get("componentVersionName"))
    origin = sdk.text(item.get("componentVersionOriginName"))
    said = item["vulnerabilityWithRemediation"]
    identifier, related = said["vulnerabilityName"], sdk.text(said.get("relatedVulnerability")) or ""
    source, word = sdk.text(said.get("source")), sdk.text(said.get("severity"))
    state, comment = sdk.text(said.get("remediationStatus")), sdk.text(said.get("remediationComment"))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(identifier, name, version),
        severity=sdk.severity(word, blackduck.SEVERITIES),
        severity_reported=word,
        rule_id=identifier,
        description=sdk.text(said.get("description")),
        identifiers=blackduck.identifiers(identifier, source, related),
        cwes=sdk.cwes(said.get("cweId")),
        cvss=sdk.assessments((None, said.get("baseScore"), source)),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=blackduck.purl(origin, sdk.text(item.get("componentVersionOriginId"))),
            ),
        ),
        references=sdk.urls(sdk.pick(item, "_meta.href")),
        tags=sdk.texts([source, *sdk.texts(said.get("bdsaTags"))]),
        suppression=sdk.suppression(item.get("ignored") is True, justification="component ignored")
        or blackduck.suppression(state, comment),
        found_at=sdk.timestamp(said.get("remediationCreatedAt")),
    )
