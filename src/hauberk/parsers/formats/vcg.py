"""VisualCodeGrepper: code that its patterns find suspicious."""

from hauberk.parsers import sdk

# https://github.com/nccgroup/VCG#using-vcg: from "Critical" to "Suspicious Comment" and "Potential Issue"
_SCALE: sdk.Scale = {
    "1": sdk.Severity.CRITICAL,
    "2": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "4": sdk.Severity.LOW,
    "5": sdk.Severity.LOW,
    "6": sdk.Severity.INFO,
    "7": sdk.Severity.INFO,
}


@sdk.parser(
    id="vcg-xml",
    scanner="VCG",
    docs="https://github.com/nccgroup/VCG",
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("CodeIssueCollection"),
    items=sdk.XmlElements("CodeIssue"),
)
def vcg(issue: sdk.XmlElement) -> sdk.Findings:
    """*File*, *Export Results as XML*; or `VisualCodeGrepper -c -t FOLDER -x vcg.xml`"""
    said = {sdk.local_name(each.tag): sdk.text(each.text) for each in issue}
    title = said["Title"] or ""
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=title,
        severity=sdk.severity(said.get("Priority"), _SCALE),
        severity_reported=said.get("Severity") or said.get("Priority"),
        rule_id=title,
        description=said.get("Description"),
        locations=(
            sdk.Location(
                path=said["FileName"], line=sdk.line(said.get("Line")), snippet=said.get("CodeLine")
            ),
        ),
        suppression=sdk.Suppression(justification="checked") if said.get("Checked") == "True" else None,
    )
