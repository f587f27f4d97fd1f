"""govulncheck for people: the text that it prints where nothing else is asked for."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects.govulncheck import Problem, finding

_SECTION = re.compile(r"=== (?P<name>Symbol|Package|Module|Informational)[\w ]*===\s*")
_REACHES = {"Symbol": "called", "Package": "imported", "Module": "required", "Informational": "imported"}
_VULNERABILITY = re.compile(r"Vulnerability #\d+: (?P<id>GO-\d{4}-\d+)\s*")
_TOLD = re.compile(r"\s+(?P<name>More info|Module|Found in|Fixed in|Standard library):?(?: (?P<value>.+))?")
_TRACE = re.compile(r"\s+#\d+: (?P<path>\S+?):(?P<line>\d+):(?P<column>\d+): (?P<symbol>\S+)(?: calls .*)?")


@sdk.parser(
    id="govulncheck-text",
    scanner="govulncheck",
    title="govulncheck text",
    docs="https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck",
    kinds=[sdk.SCA],
    sniff=sdk.TextLines(r"^Vulnerability #\d+: GO-\d{4}-\d+", r"^[ \t]+(?:Found|Fixed) in: "),
    versions="1.0 and later",
)
def govulncheck_text(report: sdk.Report) -> sdk.Findings:
    """`govulncheck -show verbose ./... > govulncheck.txt`; without, it only counts what the program does not call"""
    record: dict[str, sdk.Json] = {}
    modules: dict[str, Problem] = {}
    reach, module = "called", ""
    for node in report.lines():
        section, named = _SECTION.fullmatch(node.value), _VULNERABILITY.fullmatch(node.value)
        if section or named:
            yield from _told(record, modules)
            record, modules = {"id": named["id"]} if named else {}, {}
            reach = _REACHES[section["name"]] if section else reach
        elif told := _TOLD.fullmatch(node.value):
            if told["name"] in ("Module", "Standard library"):
                module = told["value"] or "stdlib"
                modules[module] = Problem(reach=reach)
            elif module in modules:
                _tell(modules[module], told["name"], told["value"])
        elif trace := _TRACE.fullmatch(node.value):
            if module in modules:
                modules[module].calls.append(_place(trace))
        elif record and "summary" not in record:
            record["summary"] = sdk.text(node.value)
    yield from _told(record, modules)


def _told(record: sdk.Json, modules: dict[str, Problem]) -> Iterator[sdk.ReportedFinding]:
    for module, problem in modules.items():
        yield finding(record, module, problem)


def _tell(problem: Problem, name: str, value: str | None) -> None:
    """`net/http@go1.21.1` is version `v1.21.1` of the standard library."""
    version = (value or "").strip().rpartition("@")[2]
    version = f"v{version[2:]}" if version.startswith("go") else version
    if name == "Found in":
        problem.version = version
    elif name == "Fixed in" and version != "N/A":
        problem.fixed = version


def _place(trace: re.Match[str]) -> sdk.Location:
    return sdk.Location(
        path=trace["path"],
        line=sdk.line(trace["line"]),
        column=sdk.line(trace["column"]),
        symbol=trace["symbol"],
    )
