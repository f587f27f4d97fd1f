"""Fortify WebInspect (OpenText, formerly Micro Focus): issues of web sessions, as XML."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://www.microfocus.com/documentation/fortify-webinspect/: 0 to 4, 5 = best practice
    "0": sdk.Severity.INFO,
    "1": sdk.Severity.LOW,
    "2": sdk.Severity.MEDIUM,
    "3": sdk.Severity.HIGH,
    "4": sdk.Severity.CRITICAL,
    "5": sdk.Severity.INFO,
    **{level.value: level for level in sdk.Severity},
}


@sdk.parser(
    id="webinspect-xml",
    scanner="WebInspect",
    docs="https://www.microfocus.com/documentation/fortify-webinspect/",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(sdk.XmlRoot("Sessions", "Session/RawRequest"), sdk.XmlRoot("Sessions", "Session/Issues")),
    items=sdk.XmlElements("Session"),
    versions="18 and later, full export",
)
def webinspect(session: sdk.XmlElement) -> sdk.Findings:
    """File → Export → Scan Details → Full (XML)"""
    url = sdk.text(session.findtext("URL"))
    yield sdk.ReportHeader(targets=sdk.texts(_site(session)))
    traffic = [session.findtext(tag) for tag in ("RawRequest", "RawResponse")]
    for issue in session.iterfind("Issues/Issue"):
        said = sdk.child_texts(issue)
        sections = {
            each.findtext("Name"): sdk.plain(each.findtext("SectionText"))
            for each in issue.iterfind("ReportSection")
        }
        known = [each.text for each in issue.iterfind("Classifications/Classification")]
        level = said.get("Severity")
        yield sdk.ReportedFinding(
            kind=sdk.DAST,
            title=said["Name"] or "",
            severity=sdk.severity(level, _SEVERITIES),
            severity_reported=level,
            rule_id=said.get("VulnerabilityID"),
            description=sdk.paragraphs(
                *(sections.get(name) for name in ("Summary", "Implication", "Execution"))
            ),
            remediation=sections.get("Fix"),
            identifiers=sdk.identifiers(
                said["Name"], sections.get("Summary"), sections.get("Reference Info")
            ),
            cwes=sdk.cwes(known),
            locations=(
                sdk.at_url(
                    url,
                    method=sdk.http_method(traffic[0]),
                    parameter=sdk.text(session.findtext("AttackParamDescriptor")),
                    evidence=sdk.paragraphs(*traffic),
                ),
            ),
            references=sdk.links(*(each.findtext("SectionText") for each in issue.iterfind("ReportSection"))),
            tags=sdk.texts(said.get("CheckTypeID")),
            stable_id=issue.get("id"),
            target=_site(session),
        )


def _site(session: sdk.XmlElement) -> str:
    return f"{session.findtext('Scheme')}://{session.findtext('Host')}:{session.findtext('Port')}"
