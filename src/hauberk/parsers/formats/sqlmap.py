"""sqlmap: parameters that take SQL, from the log of a target and from the results of several."""

import re

from hauberk.parsers import sdk

_DOCS = "https://github.com/sqlmapproject/sqlmap/wiki/Usage"
_COLUMNS = ("Target URL", "Place", "Parameter", "Technique(s)")
_TECHNIQUES = {
    "B": "boolean-based blind",
    "E": "error-based",
    "U": "UNION query",
    "S": "stacked queries",
    "T": "time-based blind",
    "Q": "inline query",
}
_PARAMETER = re.compile(r"Parameter: (?P<name>.{1,500}) \((?P<place>.{1,40})\)")


@sdk.parser(
    id="sqlmap-csv",
    scanner="sqlmap",
    title="sqlmap results CSV",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="1.x, the results of several targets",
    repeats_over="hosts and ports",
)
def sqlmap_csv(row: sdk.Row) -> sdk.Findings:
    """`sqlmap -m targets.txt --batch --results-file=sqlmap.csv`"""
    if row["Parameter"]:
        techniques = [_TECHNIQUES.get(letter, letter) for letter in row["Technique(s)"]]
        told = [f"Type: {technique}" for technique in techniques]
        yield _finding(row["Place"], row["Parameter"], [*told, row.get("Note(s)", "")], row["Target URL"])


@sdk.parser(
    id="sqlmap-log",
    scanner="sqlmap",
    title="sqlmap log",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"^sqlmap (identified|resumed) the following injection point", r"^Parameter: "),
    repeats_over="hosts and ports",
    versions="1.0 and later",
)
def sqlmap_log(report: sdk.Report) -> sdk.Findings:
    """`~/.local/share/sqlmap/output/app.example/log`; it names no address."""
    current: re.Match[str] | None = None
    told: list[str] = []
    for node in report.lines():
        line = str(node.value).strip()
        match = _PARAMETER.fullmatch(line)
        if current and (match or line == "---"):
            yield _finding(current["place"], current["name"], told)
        if match or line == "---":
            current, told = match, []
        elif current:
            told.append(line)
    if current:
        yield _finding(current["place"], current["name"], told)


def _finding(place: str, parameter: str, told: list[str], url: str | None = None) -> sdk.ReportedFinding:
    proof = "\n".join(filter(None, told)) or None
    method = _method(place)
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"SQL injection in {place} parameter '{parameter}'",
        severity=sdk.Severity.HIGH,  # sqlmap reports nothing but injections that it proved
        rule_id="sql-injection",
        description=proof,
        cwes=(89,),
        locations=(sdk.at_url(url, method=method, parameter=parameter, evidence=proof),),
        target=url,
    )


def _method(place: str) -> str | None:
    word = place.removeprefix("(custom) ")
    return word if word in ("GET", "POST", "PUT", "PATCH", "DELETE") else None
