"""Kiuwan Insights: known vulnerabilities of open-source components."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="kiuwan-sca-json",
    scanner="Kiuwan Insights",
    docs="https://www.kiuwan.com/docs/display/K5/Insights+API",
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("item.cve", "item.securityRisk", "item.components"),
    items=sdk.JsonItems("item"),
)
def kiuwan_sca(said: sdk.Json) -> sdk.Findings:
    """`GET https://api.kiuwan.com/insights/analysis/security/vulnerabilities?analysisCode=CODE`"""
    word, identifiers = said.get("securityRisk"), sdk.identifiers(said["cve"])
    scores = (("cVSSv4BaseScore", "4.0"), ("cVSSv3BaseScore", "3.0"), ("cVSSv2BaseScore", "2.0"))
    cvss = sdk.assessments(*((None, said.get(key), "NVD", version) for key, version in scores))
    for component in said["components"]:
        name, version = component["artifact"], sdk.text(component.get("version"))
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(said["cve"], name, version),
            severity=sdk.severity(word),
            severity_reported=sdk.text(word),
            rule_id=sdk.text(said.get("id")) or said["cve"],
            description=sdk.text(said.get("description")),
            identifiers=identifiers or sdk.texts(said["cve"]),
            cwes=sdk.cwes(said.get("cwe")) or packages.CWES,
            cvss=cvss,
            epss=sdk.number(said.get("epss_score")),
            components=(
                sdk.Component(
                    name=name,
                    version=version,
                    purl=sdk.purl("maven", name, version) if ":" in name else None,
                ),
            ),
            suppression=sdk.Suppression(justification="muted") if said.get("muted") is True else None,
        )
