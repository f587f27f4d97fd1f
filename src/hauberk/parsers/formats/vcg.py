"""VisualCodeGrepper: code that its patterns find suspicious. XML and CSV say the same."""

from collections.abc import Mapping

from hauberk.parsers import sdk

_DOCS = "https://github.com/nccgroup/VCG"
# `ExportResultsCSV` in its frmMain.vb writes no header; the last two only with the state of its check boxes.
_COLUMNS = (
    "Priority",
    "Severity",
    "Title",
    "Description",
    "FileName",
    "Line",
    "CodeLine",
    "Checked",
    "Colour",
)
_WORDS = "Critical|High|Medium|Standard|Low|Suspicious Comment|Potential Issue"

# https://github.com/nccgroup/VCG#using-vcg: from "Critical" to "Suspicious Comment" and "Potential Issue"
_SEVERITIES: sdk.Scale = {
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
    title="VCG XML",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("CodeIssueCollection"),
    items=sdk.XmlElements("CodeIssue"),
    versions="2.x",
)
def vcg(issue: sdk.XmlElement) -> sdk.Findings:
    """*File*, *Export Results as XML*; or `VisualCodeGrepper -c -t FOLDER -x vcg.xml`"""
    yield _finding(sdk.child_texts(issue))


@sdk.parser(
    id="vcg-csv",
    scanner="VCG",
    title="VCG CSV",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.TextLines(rf'\A[1-7],(?:{_WORDS}),".+?",".*?",[^,\n]*,\d+,"'),
    versions="2.x",
)
def vcg_csv(report: sdk.Report) -> sdk.Findings:
    """*File*, *Export Results as CSV*. The file has no line that names its columns."""
    yield from report.read(report.rows(*_COLUMNS, headless=True), _row)


def _row(row: sdk.Row) -> sdk.Findings:
    yield _finding({name: sdk.text(value) for name, value in row.items()})


def _finding(said: Mapping[str, str | None]) -> sdk.ReportedFinding:
    title = said["Title"] or ""
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=title,
        severity=sdk.severity(said.get("Priority"), _SEVERITIES),
        severity_reported=said.get("Severity") or said.get("Priority"),
        rule_id=title,
        description=said.get("Description"),
        locations=(
            sdk.Location(
                path=said["FileName"], line=sdk.line(said.get("Line")), snippet=said.get("CodeLine")
            ),
        ),
        suppression=sdk.suppression(said.get("Checked") == "True", justification="checked"),
    )
