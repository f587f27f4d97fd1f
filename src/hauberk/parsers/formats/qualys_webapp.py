"""Qualys WAS: vulnerabilities of web applications, sensitive contents and what was gathered."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import qualys

_CHECK = "GLOSSARY/QID_LIST/QID"
_ITEMS = tuple(
    f"{above}/{kind}_LIST/{kind}"
    for above in ("RESULTS", "RESULTS/WEB_APPLICATION")
    for kind in ("VULNERABILITY", "SENSITIVE_CONTENT", "INFORMATION_GATHERED")
)


@sdk.parser(
    id="qualys-webapp-xml",
    scanner="Qualys WAS",
    docs="https://docs.qualys.com/en/was/latest/reports/reports.htm",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(sdk.XmlRoot("WAS_SCAN_REPORT"), sdk.XmlRoot("WAS_WEBAPP_REPORT")),
    versions="scan reports and web application reports",
)
def qualys_webapp(report: sdk.Report) -> sdk.Findings:
    """Web Application Scanning → Reports → New → Scan Report (or Web Application Report) → format XML"""
    known: dict[str, sdk.ReportedFinding] = {}
    for node in report.xml(_CHECK, "HEADER/GENERATION_DATETIME"):
        if node.pattern == _CHECK:
            check = qualys.definition(node.value, sdk.DAST)
            known[check.rule_id or ""] = check
        else:
            yield sdk.ReportHeader(scanned_at=qualys.moment(node.value.text))
    yield from report.read(report.xml(*_ITEMS), partial(_item, known))


def _item(known: dict[str, sdk.ReportedFinding], item: sdk.XmlElement) -> sdk.Findings:
    said = sdk.child_texts(item)
    rule = said["QID"] or ""
    about = known.get(rule) or sdk.ReportedFinding(
        kind=sdk.DAST, title=f"Qualys check {rule}", severity=sdk.Severity.UNKNOWN, rule_id=rule
    )
    is_gathered = item.tag == "INFORMATION_GATHERED"
    found = said.get("FIRST_TIME_DETECTED") or said.get("DETECTION_DATE") or said.get("LAST_TIME_DETECTED")
    yield replace(
        about,
        severity=sdk.Severity.INFO if is_gathered else about.severity,
        locations=tuple(_places(item, said)),
        confidence="potential" if said.get("POTENTIAL") == "true" else None,
        stable_id=said.get("UNIQUE_ID"),
        suppression=_decided(said),
        found_at=qualys.moment(found),
    )


def _decided(said: dict[str, str | None]) -> sdk.Suppression | None:
    if said.get("IGNORED") == "true":
        why = sdk.paragraphs(said.get("IGNORE_REASON"), said.get("IGNORE_COMMENTS"))
        return sdk.Suppression(justification=why or "ignored")
    return qualys.decided(said.get("STATUS"))


def _places(item: sdk.XmlElement, said: dict[str, str | None]) -> Iterator[sdk.Location]:
    data = item.find("DATA")
    gathered = (
        sdk.unbase64(data.text) if data is not None and data.get("base64") == "true" else said.get("DATA")
    )
    path = [each.text for each in item.iterfind("ACCESS_PATH/URL")]
    proof = sdk.paragraphs(*_payloads(item), gathered, *(f"Access path: {step}" for step in path))
    if said.get("URL"):
        method = sdk.text(item.findtext("PAYLOADS/PAYLOAD/REQUEST/METHOD"))
        yield sdk.at_url(said["URL"], method=method, parameter=said.get("PARAM"), evidence=proof)
    elif proof:
        yield sdk.Location(evidence=proof)


def _payloads(item: sdk.XmlElement) -> Iterator[str | None]:
    for payload in item.iterfind("PAYLOADS/PAYLOAD"):
        yield sdk.text(payload.findtext("PAYLOAD"))
        request = [payload.findtext(f"REQUEST/{tag}") or "" for tag in ("METHOD", "URL", "BODY")]
        yield " ".join(request)
        response = payload.find("RESPONSE/CONTENTS")
        if response is not None:
            yield sdk.unbase64(response.text) if response.get("base64") == "true" else response.text
