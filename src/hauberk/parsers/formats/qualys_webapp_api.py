"""Qualys WAS: findings as its API answers them."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import qualys


@sdk.parser(
    id="qualys-webapp-api-xml",
    scanner="Qualys WAS",
    title="Qualys WAS API",
    docs="https://docs.qualys.com/en/was/api/findings/search_findings.htm",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.XmlRoot("ServiceResponse", "data/Finding/qid"),
        sdk.XmlRoot("ServiceResponse", values={"noNamespaceSchemaLocation": r".*/was/finding\.xsd"}),
    ),
    items=sdk.XmlElements("data/Finding"),
    versions="3.0",
)
def qualys_webapp_api(finding: sdk.XmlElement) -> sdk.Findings:
    """`POST /qps/rest/3.0/search/was/finding` (with `<preferences><verbose>true</verbose></preferences>`)"""
    said = sdk.child_texts(finding)
    level, rule = said.get("severity"), said.get("qid")
    is_gathered = said.get("type") == "INFORMATION_GATHERED"
    application = sdk.text(finding.findtext("webApp/name"))
    proof = sdk.paragraphs(*_proof(finding))
    address = said.get("url") or sdk.text(finding.findtext("webApp/url"))
    method = sdk.text(finding.findtext("resultList/list/Result/payloads/list/PayloadInstance/request/method"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=said.get("name") or f"Qualys check {rule}",
        severity=sdk.Severity.INFO if is_gathered else sdk.severity(level, qualys.SEVERITIES),
        severity_reported=level,
        rule_id=rule,
        cwes=sdk.cwes(*(each.text for each in finding.iterfind("cwe/list/long"))),
        cvss=sdk.assessments(
            (None, finding.findtext("cvssV3/base"), "Qualys", "3.0"),
            (None, finding.findtext("cvssV2/base"), "Qualys", "2.0"),
        ),
        locations=(sdk.at_url(address, method=method, parameter=said.get("param"), evidence=proof),),
        tags=sdk.texts(
            [said.get("group"), *(each.text for each in finding.iterfind("owasp/list/OWASP/name"))]
        ),
        confidence="potential" if said.get("potential") == "true" else None,
        stable_id=said.get("uniqueId") or said.get("id"),
        suppression=_decided(said),
        target=application,
        found_at=qualys.moment(said.get("firstDetectedDate")),
    )


def _decided(said: dict[str, str | None]) -> sdk.Suppression | None:
    if said.get("isIgnored") == "true":
        why = sdk.paragraphs(said.get("ignoredReason"), said.get("ignoredComment"))
        return sdk.Suppression(justification=why or "ignored")
    return qualys.decided(said.get("status"))


def _proof(finding: sdk.XmlElement) -> Iterator[str | None]:
    for payload in finding.iterfind("resultList/list/Result/payloads/list/PayloadInstance"):
        yield sdk.text(payload.findtext("payload"))
        yield " ".join(sdk.texts([payload.findtext("request/method"), payload.findtext("request/link")]))
        yield sdk.text(payload.findtext("response"))
