"""PTART: a pentest's report, with hits of its assessments and of retests."""

from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/certmichelin/PTART: 1 to 5
    "1": sdk.Severity.CRITICAL,
    "2": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "4": sdk.Severity.LOW,
    "5": sdk.Severity.INFO,
}
_STATES = {
    "F": "fixed",
    "NF": "not fixed",
    "PF": "partially fixed",
    "NA": "not applicable",
    "NT": "not tested",
}


@sdk.parser(
    id="ptart-json",
    scanner="PTART",
    docs="https://github.com/certmichelin/PTART",
    kinds=[sdk.MANUAL],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("engagement_overview", "cvss_type", "assessments"),
        sdk.JsonKeys("assessments.item.hits.item.asset", "assessments.item.hits.item.cvss_vector"),
    ),
)
def ptart(report: sdk.Report) -> sdk.Findings:
    """In the project: Export → JSON"""
    for node in report.json("end_date", "scope"):
        moment = sdk.timestamp(f"{node.value} 00:00:00") if node.pattern == "end_date" else None
        yield sdk.ReportHeader(
            scanned_at=moment, asset=sdk.text(node.value) if node.pattern == "scope" else None
        )
    for node in report.json("assessments.item", "retests.item"):
        read = _hit if node.pattern == "assessments.item" else _retested
        name = sdk.first(sdk.pick(node.value, "title"), sdk.pick(node.value, "name"))
        hits = sdk.pick(node.value, "hits")
        yield from sdk.each(hits, partial(read, name), f"{node.position}.hits")


def _retested(name: str | None, hit: sdk.Json) -> sdk.Findings:
    yield from _hit(name, hit["original_hit"], hit)


def _hit(name: str | None, hit: sdk.Json, retest: sdk.Json = None) -> sdk.Findings:
    state = _STATES.get(sdk.text(sdk.pick(retest, "status")) or "")
    level, identity = sdk.text(hit.get("severity")), sdk.text(hit.get("id"))
    asset = sdk.text(hit.get("asset"))
    yield sdk.ReportedFinding(
        kind=sdk.MANUAL,
        title=hit["title"] + (f" ({state})" if state else ""),
        severity=sdk.severity(level, _SEVERITIES),
        severity_reported=level,
        rule_id=identity,
        description=sdk.paragraphs(sdk.pick(retest, "body"), hit.get("body")),
        remediation=sdk.text(hit.get("remediation")),
        identifiers=sdk.identifiers(hit["title"]),
        cwes=sdk.cwes([each.get("cwe_id") for each in sdk.listed(hit.get("cwes"))]),
        cvss=sdk.assessments((hit.get("cvss_vector"), hit.get("cvss_score"), "PTART")),
        locations=(sdk.at_url(asset),) if asset else (),
        components=(sdk.Component(name=name),) if name else (),
        references=sdk.urls([each.get("url") for each in sdk.listed(hit.get("references"))]),
        tags=sdk.texts(hit.get("labels") or ()),
        stable_id=sdk.text(sdk.pick(retest, "id")) or identity,
        suppression=sdk.suppression(state in ("fixed", "not applicable"), justification=state),
        found_at=sdk.timestamp(hit.get("added")),
    )
