"""ShellCheck: mistakes in shell scripts."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # as its own Code Climate report ranks them: critical, major, minor, info
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "info": sdk.Severity.LOW,
    "style": sdk.Severity.INFO,
}
_CODE = r"\d{4,5}"


def _says_nothing(probe: sdk.Probe) -> int:
    """`{"comments": []}`: others have comments too, but beside something else."""
    return 2 if probe.json == {"comments": []} else 0


def _looks(path: str) -> sdk.Sniff:
    names = ("file", "line", "column", "message")
    values = {f"{path}.code": _CODE, f"{path}.level": "|".join(_SEVERITIES)}
    return sdk.JsonKeys(*(f"{path}.{name}" for name in names), values=values)


@sdk.parser(
    id="shellcheck-json",
    scanner="ShellCheck",
    docs="https://github.com/koalaman/shellcheck/blob/master/shellcheck.1.md#formats",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(_looks("item"), _looks("comments.item"), _says_nothing),
    versions="0.3 and later, `-f json` and `-f json1`",
)
def shellcheck(report: sdk.Report) -> sdk.Findings:
    """`shellcheck -f json1 deploy.sh > shellcheck.json`"""
    yield from report.read(report.json("item", "comments.item"), _comment)


def _comment(comment: sdk.Json) -> sdk.Findings:
    rule, level = f"SC{comment['code']}", sdk.text(comment.get("level"))
    path = sdk.text(comment.get("file"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=comment["message"],
        severity=sdk.severity(level, _SEVERITIES),
        severity_reported=level,
        rule_id=rule,
        locations=(
            sdk.Location(
                path=None if path == "-" else path,  # what came by standard input
                line=sdk.line(comment.get("line")),
                end_line=sdk.line(comment.get("endLine")),
                column=sdk.line(comment.get("column")),
            ),
        ),
        references=(f"https://www.shellcheck.net/wiki/{rule}",),
    )
