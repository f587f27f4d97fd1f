"""Rapplex: a web application scanner. Issues are grouped by severity and kind."""

from functools import partial

from hauberk.parsers import sdk

_GROUPS = "Severities.*.IssueGroups.item"


@sdk.parser(
    id="rapplex-json",
    scanner="Rapplex",
    docs="https://docs.rapplex.com/",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("ScanId", "ScanPolicy", "Target", later=("Severities",)),
        sdk.JsonKeys("Severities.Critical.IssueGroups"),
    ),
)
def rapplex(report: sdk.Report) -> sdk.Findings:
    """In the scan: Report → JSON"""
    for node in report.json("Target", "StartedDate", _GROUPS):
        if node.pattern == "Target":
            yield sdk.ReportHeader(
                targets=sdk.texts(node.value), asset=sdk.at_url(node.value).host, asset_kind="site"
            )
        elif node.pattern == "StartedDate":
            yield sdk.ReportHeader(
                scanned_at=sdk.timestamp(node.value, "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S")
            )
        else:
            about = sdk.pick(node.value, "Definition")
            issues = sdk.pick(node.value, "Issues")
            yield from sdk.each(issues, partial(_issue, about or {}), f"{node.position}.Issues")


def _issue(about: sdk.Json, issue: sdk.Json) -> sdk.Findings:
    sections = about.get("Sections") or {}
    known = [each.get("Formatted") for each in sdk.listed(about.get("Classifications"))]
    classes = sdk.texts([*known, sdk.plain(sections.get("Classification"))])
    proof = sdk.paragraphs(issue.get("Payload"), issue.get("HttpRequest"), issue.get("HttpResponse"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=issue["Title"],
        severity=sdk.severity(issue.get("Severity")),
        severity_reported=sdk.text(issue.get("Severity")),
        rule_id=sdk.text(about.get("Title")),
        description=sdk.paragraphs(sdk.plain(sections.get("Summary")), sdk.plain(sections.get("Impact"))),
        remediation=sdk.plain(sections.get("Remediation")),
        identifiers=sdk.identifiers(issue["Title"]),
        cwes=sdk.cwes(classes),
        cvss=sdk.assessments(*((word, None, "Rapplex") for word in _vectors(about))),
        locations=(
            sdk.at_url(
                issue["Url"],
                method=sdk.http_method(issue.get("HttpRequest")),
                parameter=sdk.text(sdk.pick(issue, "InjectionPoint.Name")),
                evidence=proof,
            ),
        ),
        references=sdk.urls([each.get("Link") for each in sdk.listed(about.get("References"))]),
        tags=sdk.texts(known),
        confidence="exploitable" if issue.get("Exploitable") is True else None,
    )


def _vectors(about: sdk.Json) -> tuple[str, ...]:
    titles = sdk.texts([each.get("Title") for each in sdk.listed(about.get("References"))])
    return tuple(title for title in titles if title.startswith("CVSS:"))
