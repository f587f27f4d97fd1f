"""RuboCop: what its department Security finds. Its other departments judge style, which is no business of this platform."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://docs.rubocop.org/rubocop/configuration.html#severity
    "fatal": sdk.Severity.HIGH,
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "convention": sdk.Severity.MEDIUM,  # what the department's cops were before they became warnings
    "refactor": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}


@sdk.parser(
    id="rubocop-json",
    scanner="RuboCop",
    docs="https://docs.rubocop.org/rubocop/formatters.html#json-formatter",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("metadata.rubocop_version", later=("files",)),
    items=sdk.JsonItems("files.item"),
    header={"tool_version": "metadata.rubocop_version"},
    versions="all, formatter json",
)
def rubocop(file: sdk.Json) -> sdk.Findings:
    """`rubocop --format json --out rubocop.json` (`--only Security` keeps it small)"""
    for offense in file["offenses"]:
        if not offense["cop_name"].startswith("Security/"):
            continue
        at = offense.get("location") or {}
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=offense["message"],
            severity=sdk.severity(offense.get("severity"), _SEVERITIES),
            severity_reported=sdk.text(offense.get("severity")),
            rule_id=offense["cop_name"],
            locations=(
                sdk.Location(
                    path=file.get("path"),
                    line=sdk.line(at.get("start_line") or at.get("line")),
                    end_line=sdk.line(at.get("last_line")),
                    column=sdk.line(at.get("start_column") or at.get("column")),
                ),
            ),
        )
