"""PHP_CodeSniffer's JSON, XML and CSV, in which phpcs-security-audit reports."""

from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://github.com/FloeDesignTechnologies/phpcs-security-audit#usage"
_COLUMNS = ("File", "Line", "Column", "Type", "Message", "Source", "Severity", "Fixable")
# https://github.com/PHPCSStandards/PHP_CodeSniffer/wiki/Reporting
_SEVERITIES: sdk.Scale = {"error": sdk.Severity.HIGH, "warning": sdk.Severity.MEDIUM}


@sdk.parser(
    id="phpcs-security-audit-json",
    scanner="phpcs-security-audit",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("totals.errors", "totals.warnings", "files"),
    versions="2 and 3",
)
def php_codesniffer(report: sdk.Report) -> sdk.Findings:
    """`phpcs --standard=Security --report=json --report-file=phpcs.json .`"""
    for node in report.json("files.*", required="files.*"):
        yield from report.read_one(node, partial(_file, str(node.key)))


@sdk.parser(
    id="phpcs-security-audit-xml",
    scanner="phpcs-security-audit",
    title="phpcs-security-audit XML",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("phpcs", attributes=("version",)),
    versions="2 and 3",
)
def php_codesniffer_xml(report: sdk.Report) -> sdk.Findings:
    """`phpcs --standard=Security --report=xml --report-file=phpcs.xml .`"""
    yield from report.read(report.xml("file/error", "file/warning"), _element)


@sdk.parser(
    id="phpcs-security-audit-csv",
    scanner="phpcs-security-audit",
    title="phpcs-security-audit CSV",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="2 and 3",
)
def php_codesniffer_csv(row: sdk.Row) -> sdk.Findings:
    """`phpcs --standard=Security --report=csv --report-file=phpcs.csv .`"""
    yield _finding(row["File"], {name.lower(): value for name, value in row.items()})


def _file(path: str, file: sdk.Json) -> sdk.Findings:
    for message in file["messages"]:
        yield _finding(path, message)


def _element(found: sdk.XmlElement) -> sdk.Findings:
    path = next(found.iterancestors("file")).get("name", "")
    yield _finding(path, {**found.attrib, "type": sdk.local_name(found.tag), "message": found.text})


def _finding(path: str, message: sdk.Json) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=message["message"],
        severity=sdk.severity(message.get("type"), _SEVERITIES),
        severity_reported=sdk.text(message.get("type")),
        rule_id=message["source"],
        locations=(
            sdk.Location(
                path=path, line=sdk.line(message.get("line")), column=sdk.line(message.get("column"))
            ),
        ),
    )
