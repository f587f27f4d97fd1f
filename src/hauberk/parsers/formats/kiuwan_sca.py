"""Kiuwan Insights: known vulnerabilities of open-source components."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="kiuwan-sca-json",
    scanner="Kiuwan Insights",
    docs="https://www.kiuwan.com/docs/display/K5/Insights+API",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.cve", "item.securityRisk", "item.components"),
        sdk.JsonKeys("item.cve", "item.components.item.artifact"),
        sdk.JsonKeys("item.securityRisk", "item.components.item.artifact"),
        sdk.JsonKeys("item.cve", "item.securityRisk", "item.privateVulnerability"),
    ),
    items=sdk.JsonItems("item"),
)
def kiuwan_sca(said: sdk.Json) -> sdk.Findings:
    """`GET https://api.kiuwan.com/insights/analysis/security/vulnerabilities?analysisCode=CODE`"""
    number, word = sdk.text(said.get("id")), sdk.text(said.get("securityRisk"))
    known = sdk.text(said.get("cve")) or f"Kiuwan vulnerability {number}"
    scores = (("cVSSv4BaseScore", "4.0"), ("cVSSv3BaseScore", "3.0"), ("cVSSv2BaseScore", "2.0"))
    cvss = sdk.assessments(*((None, said.get(key), "NVD", version) for key, version in scores))
    rated = sdk.first(*(said.get(key) for key, _ in scores))
    is_muted = said.get("muted") is True
    nowhere = () if is_muted else (None,)  # what is muted in all components names none of them
    for component in sdk.listed(said.get("components")) or nowhere:
        name, version = (sdk.text(sdk.pick(component, key)) for key in ("artifact", "version"))
        purl = sdk.purl("maven", name, version) if name and ":" in name else None
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(known, name, version) if name else known,
            severity=sdk.severity(word) if word else sdk.severity_of_score(rated),
            severity_reported=word,
            rule_id=number or known,
            description=sdk.text(said.get("description")),
            identifiers=sdk.identifiers(known) or sdk.texts(said.get("cve")),
            cwes=sdk.cwes(said.get("cwe")) or packages.CWES,
            cvss=cvss,
            epss=sdk.number(said.get("epss_score")),
            components=(sdk.Component(name=name, version=version, purl=purl),) if name else (),
            suppression=sdk.suppression(is_muted, justification="muted"),
        )
