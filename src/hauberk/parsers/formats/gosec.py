"""gosec: the Go security checker, as JSON, CSV and text."""

import re

from hauberk.parsers import sdk

_DOCS = "https://github.com/securego/gosec#output-formats"
_COLUMNS = ("file", "line", "details", "severity", "confidence", "code", "cwe")
_NUMBERED = re.compile(r"(?m)^(\d{1,9}): ?(.*)$")  # `12: password := "…"`

_RESULT = re.compile(
    r"\[(?P<file>.+):(?P<line>\d+(?:-\d+)?)\] - (?:(?P<rule>G\d+)(?P<nosec> ?\(NoSec\))?(?: \(CWE-(?P<cwe>\d+)\))?: )?"
    r"(?P<details>.+) \(Confidence: (?P<confidence>\w+), Severity: (?P<severity>\w+)\)\s*"
)
_MARKED = re.compile(r"\s*> (.*)")
_LOGGED = r"\A\[gosec\] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d "  # for each file, before any result


@sdk.parser(
    id="gosec-json",
    scanner="gosec",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("Issues.item.rule_id", "Issues.item.details", "Issues.item.file", later=("Stats",)),
        sdk.JsonKeys("Issues", "Stats.lines", "Stats.found"),
    ),
    items=sdk.JsonItems("Issues.item"),
    header={"tool_version": "GosecVersion"},
    versions="1.x and 2.x",
)
def gosec(issue: sdk.Json) -> sdk.Findings:
    """`gosec -fmt=json -out=gosec.json ./...`"""
    yield _finding(issue, issue["rule_id"])


@sdk.parser(
    id="gosec-csv",
    scanner="gosec",
    title="gosec CSV",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.TextLines(
        r'\A"?[^\n,]+\.go"?,\d+(?:-\d+)?,(?:"[^"\n]*"|[^\n,"]*),(?:LOW|MEDIUM|HIGH),(?:LOW|MEDIUM|HIGH),'
    ),
    versions="1.x and 2.x",
)
def gosec_csv(report: sdk.Report) -> sdk.Findings:
    """`gosec -fmt=csv -out=gosec.csv ./...`; the file names neither its columns nor the rules"""
    yield from report.read(report.rows(*_COLUMNS, headless=True), _row)


@sdk.parser(
    id="gosec-text",
    scanner="gosec",
    title="gosec text",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^Results:\s*$", r"\] - .*\(Confidence: .*, Severity: "),
        sdk.TextLines(r"^Results:\s*$", r"^Summary:\s*$", r"^\s*Files *: *\d+\s*$", r"^\s*Issues *: "),
        sdk.TextLines(_LOGGED),
    ),
    versions="2.x",
)
def gosec_text(report: sdk.Report) -> sdk.Findings:
    """`gosec ./... > gosec.txt`"""
    issue: dict[str, str | None] = {}
    code: list[str] = []
    has_results = False
    for node in report.lines():
        line = sdk.uncoloured(node.value)
        begun, quoted = _RESULT.fullmatch(line), _MARKED.fullmatch(line)
        has_results |= line.startswith("Results:")
        if issue and (begun or line.startswith("Summary:")):
            yield _of_text(issue, code)
            issue, code = {}, []
        if begun:
            issue = begun.groupdict()
        elif quoted:
            code.append(quoted[1])
    if issue:
        yield _of_text(issue, code)
    if not has_results:
        raise sdk.ReportError("schema_mismatch", "gosec's log ends before its results.")


def _row(row: sdk.Row) -> sdk.Findings:
    yield _finding({**row, "cwe": {"id": row["cwe"]}}, None)


def _of_text(issue: dict[str, str | None], code: list[str]) -> sdk.ReportedFinding:
    told = {**issue, "cwe": {"id": issue["cwe"]}, "nosec": bool(issue["nosec"]), "code": "\n".join(code)}
    return _finding(told, issue["rule"])


def _finding(issue: sdk.Json, rule: str | None) -> sdk.ReportedFinding:
    first, _, last = str(issue.get("line")).partition("-")
    suppressions, weakness = issue.get("suppressions"), issue.get("cwe") or {}  # 2.3 to 2.7 write ID and URL
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=issue["details"],
        severity=sdk.severity(issue.get("severity")),
        severity_reported=sdk.text(issue.get("severity")),
        rule_id=rule or issue["details"],
        remediation=sdk.text(issue.get("autofix")),
        cwes=sdk.cwes(weakness.get("id"), weakness.get("ID")),
        locations=(
            sdk.Location(
                path=issue.get("file"),
                line=sdk.line(first),
                end_line=sdk.line(last),
                column=sdk.line(issue.get("column")),
                snippet=_snippet(issue.get("code") or "", sdk.line(first), sdk.line(last or first)),
            ),
        ),
        references=sdk.urls(
            f"https://securego.io/docs/rules/{rule.lower()}.html" if rule else None,
            weakness.get("url"),
            weakness.get("URL"),
        ),
        confidence=sdk.text(issue.get("confidence")),
        suppression=_suppression(suppressions) if suppressions or issue.get("nosec") is True else None,
    )


def _snippet(code: str, first: int | None, last: int | None) -> str | None:
    """The reported lines out of their numbered surroundings (since 2.3); older versions quote nothing else."""
    numbered = _NUMBERED.findall(code)
    if not numbered or first is None or last is None:
        return code or None
    return "\n".join(text for number, text in numbered if first <= int(number) <= last) or None


def _suppression(suppressions: sdk.Json) -> sdk.Suppression:
    return sdk.Suppression(
        where="external" if sdk.pick(suppressions, "0.kind") == "external" else "inline",
        justification=sdk.text(sdk.pick(suppressions, "0.justification")),
    )
