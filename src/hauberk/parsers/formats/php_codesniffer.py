"""PHP_CodeSniffer's JSON, in which phpcs-security-audit reports."""

from functools import partial

from hauberk.parsers import sdk

# https://github.com/PHPCSStandards/PHP_CodeSniffer/wiki/Reporting
_SCALE: sdk.Scale = {"error": sdk.Severity.HIGH, "warning": sdk.Severity.MEDIUM}


@sdk.parser(
    id="phpcs-security-audit-json",
    scanner="phpcs-security-audit",
    docs="https://github.com/FloeDesignTechnologies/phpcs-security-audit#usage",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("totals.errors", "totals.warnings", "files"),
    versions="2 and 3",
)
def php_codesniffer(report: sdk.Report) -> sdk.Findings:
    """`phpcs --standard=Security --report=json --report-file=phpcs.json .`"""
    for node in report.json("files.*", required="files.*"):
        yield from report.read_one(node, partial(_file, str(node.key)))


def _file(path: str, file: sdk.Json) -> sdk.Findings:
    for message in file["messages"]:
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=message["message"],
            severity=sdk.severity(message.get("type"), _SCALE),
            severity_reported=sdk.text(message.get("type")),
            rule_id=message["source"],
            locations=(
                sdk.Location(
                    path=path, line=sdk.line(message.get("line")), column=sdk.line(message.get("column"))
                ),
            ),
        )
