"""libsast's JSON, which njsscan and mobsfscan write: rules with their metadata and the matches in files."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/ajinabraham/libsast: ERROR, WARNING and INFO, as in Semgrep
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "info": sdk.Severity.LOW,
}


def findings(rule: str, result: sdk.Json) -> sdk.Findings:
    """One for each match; a rule without files says that something is missing in the whole application."""
    metadata = result["metadata"]
    description = sdk.text(metadata.get("description"))
    for match in result.get("files") or (None,):
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=(description or rule).partition(". ")[0].strip(),
            severity=sdk.severity(metadata.get("severity"), _SEVERITIES),
            severity_reported=sdk.text(metadata.get("severity")),
            rule_id=rule,
            description=description,
            cwes=sdk.cwes(metadata.get("cwe")),
            locations=(_place(match),) if match else (),
            references=sdk.urls(metadata.get("reference")),
            tags=sdk.texts([metadata.get(name) for name in ("owasp-web", "owasp-mobile", "owasp", "masvs")]),
        )


def _place(match: sdk.Json) -> sdk.Location:
    lines = match.get("match_lines") or [None]
    return sdk.Location(
        path=match.get("file_path"),
        line=sdk.line(lines[0]),
        end_line=sdk.line(lines[-1]),
        column=sdk.line(sdk.pick(match, "match_position.0")),
        snippet=sdk.text(match.get("match_string")),
    )
