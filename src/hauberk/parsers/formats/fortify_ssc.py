"""Fortify Software Security Center's API: the issues of an application's version."""

from hauberk.parsers import sdk


@sdk.parser(
    id="fortify-ssc-json",
    scanner="Fortify",
    title="Fortify SSC API",
    docs="https://www.microfocus.com/documentation/fortify-software-security-center/",
    kinds=[sdk.SAST, sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("data.item.issueName", "data.item.friority", "data.item.primaryLocation"),
        sdk.JsonKeys("item.issueName", "item.friority", "item.primaryLocation"),
        sdk.JsonKeys("data.item.issueName", "data.item.issueInstanceId", "data.item.friority"),
    ),
)
def fortify_ssc(report: sdk.Report) -> sdk.Findings:
    """`GET /api/v1/projectVersions/ID/issues` of Software Security Center"""
    yield from report.read(report.json("data.item", "item"), _issue)


def _issue(issue: sdk.Json) -> sdk.Findings:
    if issue.get("removed") is True or issue.get("scanStatus") == "REMOVED":
        return
    is_web = issue.get("engineCategory") == "DYNAMIC"
    short = issue.get("primaryLocation")
    where = sdk.first(issue.get("fullFileName"), sdk.pick(short, "fullFileName"), short)
    line = sdk.line(issue.get("lineNumber") or sdk.pick(short, "line"))
    project = ":".join(sdk.texts([issue.get("projectName"), issue.get("projectVersionName")])) or None
    word, name = sdk.first(issue.get("friority"), issue.get("severity")), issue["issueName"]
    yield sdk.ReportHeader(
        asset=sdk.text(issue.get("projectName")), ref=sdk.text(issue.get("projectVersionName"))
    )
    yield sdk.ReportedFinding(
        kind=sdk.DAST if is_web else sdk.SAST,
        title=name,
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.text(issue.get("primaryRuleGuid")) or name,
        rule_name=name,
        locations=(sdk.at_url(where) if is_web else sdk.Location(path=where, line=line),),
        references=sdk.urls(issue.get("bugURL")),
        tags=sdk.texts([issue.get("kingdom"), issue.get("analyzer"), issue.get("engineType")]),
        confidence=sdk.text(issue.get("confidence")),
        stable_id=sdk.text(issue.get("issueInstanceId")),
        found_at=sdk.timestamp(issue.get("foundDate")),
        suppression=_suppression(issue),
        target=project,
    )


def _suppression(issue: sdk.Json) -> sdk.Suppression | None:
    if issue.get("suppressed") is True:
        return sdk.Suppression(justification=sdk.text(issue.get("primaryTag")))
    return None
