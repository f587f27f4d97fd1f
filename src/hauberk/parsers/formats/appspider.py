"""AppSpider (Rapid7): web application scans, as `VulnerabilitiesSummary.xml`."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.rapid7.com/appspider/vulnerabilities-summary: number and word
    "0-safe": sdk.Severity.INFO,
    "1-informational": sdk.Severity.INFO,
    "2-low": sdk.Severity.LOW,
    "3-medium": sdk.Severity.MEDIUM,
    "4-high": sdk.Severity.HIGH,
    "5-critical": sdk.Severity.CRITICAL,
}
_NONE = ("N/A", "unknown")


@sdk.parser(
    id="appspider-xml",
    scanner="AppSpider",
    docs="https://docs.rapid7.com/appspider/report-guide/",
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("VulnSummary"),
    items=sdk.XmlElements("VulnList/Vuln"),
    header={"tool_version": "AppVersion", "scanned_at": "ScanEnded"},
    versions="6 and later",
)
def appspider(vuln: sdk.XmlElement) -> sdk.Findings:
    """In the scan's folder: `Report/VulnerabilitiesSummary.xml`"""
    said = sdk.child_texts(vuln)
    word = said.get("AttackScore")
    traffic = (said.get("CrawlTraffic"), said.get("CrawlTrafficResponse"))
    method = _some(said.get("Method"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=said["VulnType"] or "",
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=said["VulnType"],  # a module tests for several problems
        rule_name=said.get("AttackType"),
        description=sdk.plain(said.get("Description")),
        remediation=sdk.plain(said.get("Recommendation")),
        identifiers=sdk.identifiers(said["VulnType"]),
        cwes=sdk.cwes(said.get("CweId")),
        cvss=sdk.assessments((said.get("CvssVector"), said.get("CvssScore"), "AppSpider")),
        locations=(
            sdk.at_url(
                said.get("VulnUrl") or said.get("Url"),
                method=method,
                parameter=_some(said.get("ParameterName")) or _some(said.get("VulnParam")),
                evidence=sdk.paragraphs(said.get("MatchedString"), *map(sdk.unbase64, traffic)),
            ),
        ),
        tags=sdk.texts(said.get("AttackClass")),
        confidence=said.get("Confidence"),
        target=said.get("WebSite"),
    )


def _some(value: str | None) -> str | None:
    return None if value in _NONE else value
