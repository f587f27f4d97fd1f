"""CodeQL: the CSV of its alerts; its SARIF is read as such, and says more."""

from hauberk.parsers import sdk

_COLUMNS = ("name", "description", "severity", "message", "path", "line", "column", "end_line", "end_column")
# https://docs.github.com/en/code-security/codeql-cli/using-the-advanced-functionality-of-the-codeql-cli/csv-output
_SEVERITIES: sdk.Scale = {
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "recommendation": sdk.Severity.LOW,
}
_TEXT, _NUMBER = r'"(?:[^"]|"")*"', r'"\d*"'


@sdk.parser(
    id="codeql-csv",
    scanner="CodeQL",
    docs="https://docs.github.com/en/code-security/codeql-cli/using-the-advanced-functionality-of-the-codeql-cli/csv-output",
    kinds=[sdk.SAST],
    sniff=sdk.TextLines(
        rf'\A{_TEXT},{_TEXT},"(?:error|warning|recommendation)",{_TEXT},{_TEXT}(?:,{_NUMBER}){{4}}\s'
    ),
    versions="CodeQL CLI 2.x, `--format=csv`",
    may_be_blank=True,
)
def codeql(report: sdk.Report) -> sdk.Findings:
    """`codeql database analyze DATABASE --format=csv --output=codeql.csv`; no line names its columns"""
    yield from report.read(report.rows(*_COLUMNS, headless=True), _alert)


def _alert(row: sdk.Row) -> sdk.Findings:
    if row["severity"] not in _SEVERITIES:
        raise sdk.UnreadableItem(f"{row['severity'][:20]!r} is none of CodeQL's severities")
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=row["name"],
        severity=sdk.severity(row["severity"], _SEVERITIES),
        severity_reported=row["severity"],
        rule_id=row["name"],
        description=sdk.text(row["description"]),
        locations=(
            sdk.Location(
                path=row["path"].lstrip("/"),
                line=sdk.line(row["line"]),
                end_line=sdk.line(row["end_line"]),
                column=sdk.line(row["column"]),
                message=sdk.text(row["message"]),
            ),
        ),
    )
