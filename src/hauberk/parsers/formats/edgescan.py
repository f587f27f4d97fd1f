"""Edgescan: verified vulnerabilities of applications and networks, from the API."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.edgescan.com/docs/vulnerability-risk-rating
    "1": sdk.Severity.INFO,
    "2": sdk.Severity.LOW,
    "3": sdk.Severity.MEDIUM,
    "4": sdk.Severity.HIGH,
    "5": sdk.Severity.CRITICAL,
}
_ROOTS = ("", "vulnerabilities.")


@sdk.parser(
    id="edgescan-json",
    scanner="Edgescan",
    docs="https://docs.edgescan.com/docs/api-guide",
    kinds=[sdk.DAST, sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(*(f"{root}item.{key}" for key in ("asset_id", "location", "threat", "cvss_vector")))
            for root in _ROOTS
        )
    ),
    versions="`GET /api/v1/vulnerabilities.json`: the whole answer, or its list",
)
def edgescan(report: sdk.Report) -> sdk.Findings:
    """`curl -H "X-API-TOKEN: …" https://live.edgescan.com/api/v1/vulnerabilities.json -o edgescan.json`"""
    yield from report.read(report.json(*(f"{root}item" for root in _ROOTS)), _vulnerability)


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    level = sdk.text(said.get("severity"))
    is_network = said.get("layer") == "network"
    decided = sdk.text(said.get("status")) == "closed"
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE if is_network else sdk.DAST,
        title=said["name"],
        severity=sdk.severity(level, _SEVERITIES),
        severity_reported=level,
        rule_id=sdk.text(said.get("definition_id")),
        description=sdk.plain(said.get("description")),
        remediation=sdk.plain(said.get("remediation")),
        identifiers=sdk.identifiers(said.get("cves"), said["name"]),
        cwes=sdk.cwes(said.get("cwes")),
        cvss=sdk.assessments((said.get("cvss_vector"), said.get("cvss_score"), "Edgescan")),
        locations=(sdk.at_url(said.get("location")),),
        tags=sdk.parts(said.get("asset_tags")),
        stable_id=sdk.text(said.get("id")),
        suppression=sdk.suppression(decided, justification="closed"),
        target=sdk.text(said.get("asset_name")),
        found_at=sdk.timestamp(said.get("date_opened")),
    )
