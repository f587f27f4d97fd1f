"""Flawfinder: risky calls in C and C++, as its own CSV and as text."""

import re

from hauberk.parsers import sdk

_DOCS = "https://dwheeler.com/flawfinder/"
_HIT = re.compile(
    r"(?P<File>.+?):(?P<Line>\d+):(?:(?P<Column>\d+):)?\s+\[(?P<Level>[0-5])\] "
    r"\((?P<Category>[\w-]+)\) (?P<Name>[^:]+):\s*(?P<Warning>.*?)\s*"
)

# https://dwheeler.com/flawfinder/flawfinder.pdf: risk levels from 0, very little risk, to 5, great risk
_SEVERITIES: sdk.Scale = {
    "5": sdk.Severity.CRITICAL,
    "4": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "2": sdk.Severity.LOW,
    "1": sdk.Severity.LOW,
    "0": sdk.Severity.INFO,
}


@sdk.parser(
    id="flawfinder-csv",
    scanner="Flawfinder",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader("File", "Line", "Level", "Category", "Name", "Warning", "CWEs"),
    items=sdk.CsvRows("File", "Line", "Level", "Name", "Warning"),
    versions="1.31 and 2",
)
def flawfinder(row: sdk.Row) -> sdk.Findings:
    """`flawfinder --csv src > flawfinder.csv`"""
    yield _hit(row)


@sdk.parser(
    id="flawfinder-text",
    scanner="Flawfinder",
    title="Flawfinder text",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^FINAL RESULTS:", r"^Flawfinder version |^ANALYSIS SUMMARY:"),
        sdk.TextLines(r"^\S[^\n]*:\d+:(?:\d+:)?  \[[0-5]\] \([\w-]+\) [^\n:]+:"),  # with --dataonly
    ),
    versions="1.2x, 1.31 and 2; also with --singleline, --columns, --context and --dataonly",
)
def flawfinder_text(report: sdk.Report) -> sdk.Findings:
    """`flawfinder src > flawfinder.txt`"""
    hit: dict[str, str] = {}
    for node in report.lines():
        begun = _HIT.fullmatch(node.value)
        if begun or not node.value.startswith("  "):  # what is quoted of the source begins at the margin
            if hit:
                yield _hit(hit | {"CWEs": hit["Warning"]})
            hit = {name: said or "" for name, said in begun.groupdict().items()} if begun else {}
        elif hit:
            hit["Warning"] = f"{hit['Warning']} {node.value.strip()}".strip()
    if hit:
        yield _hit(hit | {"CWEs": hit["Warning"]})


@sdk.parser(
    id="flawfinder-html",
    scanner="Flawfinder",
    title="Flawfinder HTML",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.HtmlPage('//title[normalize-space() = "Flawfinder Results"]'),
    versions="1.2x, 1.31 and 2",
)
def flawfinder_html(report: sdk.Report) -> sdk.Findings:
    """`flawfinder --html src > flawfinder.html`"""
    for item in report.page().iter("li"):
        for quoted in item.findall("pre"):  # --context
            item.remove(quoted)
        hit = _HIT.fullmatch(sdk.words(item) or "")
        if hit:
            yield _hit(
                {name: said or "" for name, said in hit.groupdict().items()} | {"CWEs": hit["Warning"]}
            )


def _hit(row: sdk.Row) -> sdk.ReportedFinding:
    name = row["Name"]
    return sdk.ReportedFinding(
        kind=sdk.SAST,
        title=f"{row.get('Category', '')}/{name}".strip("/"),
        severity=sdk.severity(row.get("Level"), _SEVERITIES),
        severity_reported=row.get("Level"),
        rule_id=sdk.text(row.get("RuleId")) or name,
        rule_name=name,
        description=sdk.paragraphs(row["Warning"], row.get("Note")),
        remediation=sdk.text(row.get("Suggestion")),
        cwes=sdk.cwes(row.get("CWEs")),
        locations=(
            sdk.Location(
                path=row.get("File"),
                line=sdk.line(row.get("Line")),
                column=sdk.line(row.get("Column")),
                snippet=sdk.text(row.get("Context")),
            ),
        ),
        references=sdk.urls(row.get("HelpUri")),
        tags=sdk.texts(row.get("Category")),
        stable_id=sdk.text(row.get("Fingerprint")),
    )
