"""PMD: its CSV, JSON and XML."""

from hauberk.parsers import sdk

_DOCS = "https://docs.pmd-code.org/latest/pmd_userdocs_report_formats.html"
# https://docs.pmd-code.org/latest/pmd_userdocs_extending_rule_guidelines.html: rule priorities, 1 is the highest
_SEVERITIES: sdk.Scale = {
    "1": sdk.Severity.CRITICAL,
    "2": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "4": sdk.Severity.LOW,
    "5": sdk.Severity.INFO,
}


@sdk.parser(
    id="pmd-csv",
    scanner="PMD",
    title="PMD CSV",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader("Problem", "Package", "File", "Priority", "Line", "Rule set", "Rule"),
    items=sdk.CsvRows("File", "Priority", "Line", "Rule"),
    versions="5, 6 and 7",
)
def pmd_csv(row: sdk.Row) -> sdk.Findings:
    """`pmd check -d src -R rulesets/java/quickstart.xml -f csv -r pmd.csv`"""
    said = {
        "priority": row["Priority"],
        "rule": row["Rule"],
        "beginline": row["Line"],
        "package": row.get("Package"),
        "ruleset": row.get("Rule set"),
    }
    yield _finding(row["File"], said, row.get("Description") or row["Rule"])


@sdk.parser(
    id="pmd-json",
    scanner="PMD",
    title="PMD JSON",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("pmdVersion", "formatVersion"),
    items=sdk.JsonItems("files.item"),
    header={"tool_version": "pmdVersion", "scanned_at": "timestamp"},
    versions="6 and 7",
)
def pmd_json(file: sdk.Json) -> sdk.Findings:
    """`pmd check -d src -R rulesets/java/quickstart.xml -f json -r pmd.json`"""
    for violation in file["violations"]:
        yield _finding(file["filename"], violation, violation["description"])


@sdk.parser(
    id="pmd-xml",
    scanner="PMD",
    title="PMD XML",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("pmd", attributes=("version",)),
    items=sdk.XmlElements("file/violation"),
    versions="5 to 7",
)
def pmd_xml(violation: sdk.XmlElement) -> sdk.Findings:
    """`pmd check -d src -R rulesets/java/quickstart.xml -f xml -r pmd.xml`"""
    file = violation.getparent()
    path = "" if file is None else file.get("name", "")
    yield _finding(path, dict(violation.attrib), violation.text or violation.attrib["rule"])


def _finding(path: str, said: sdk.Json, text: str) -> sdk.ReportedFinding:
    symbol = ".".join(sdk.texts([said.get("package"), said.get("class"), said.get("method")]))
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=text.strip(),
        severity=sdk.severity(said.get("priority"), _SEVERITIES),
        severity_reported=sdk.text(said.get("priority")),
        rule_id=said["rule"],
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(said.get("beginline")),
                end_line=sdk.line(said.get("endline")),
                column=sdk.line(said.get("begincolumn")),
                symbol=symbol or None,
            ),
        ),
        references=sdk.urls(said.get("externalInfoUrl")),
        tags=sdk.texts(said.get("ruleset")),
    )
