"""govulncheck: known vulnerabilities of Go modules, with what of them the program calls."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects.govulncheck import Problem, finding

_DOCS = "https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck"
Problems = dict[str, dict[str, Problem]]
"""By the vulnerability's identifier, then by module."""


@sdk.parser(
    id="govulncheck-json",
    scanner="govulncheck",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("config.scanner_name", "config.protocol_version"),
        sdk.JsonKeys("item.config.scanner_name", "item.config.protocol_version"),
    ),
    versions="protocol version 1 (govulncheck 1.0 and later), also as one array",
)
def govulncheck(report: sdk.Report) -> sdk.Findings:
    """`govulncheck -format json ./... > govulncheck.json`"""
    problems: Problems = {}
    for node in report.json("finding", "config", "item.finding", "item.config", many=True):
        if node.key == "config":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value.get("scanner_version")))
        else:
            yield from report.read_one(node, partial(_gather, problems))
    for node in report.json("osv", "item.osv", many=True):
        for module, problem in problems.pop(str(node.value.get("id")), {}).items():
            yield finding(node.value, module, problem)
    for identifier, modules in problems.items():
        for module, problem in modules.items():
            yield finding({"id": identifier}, module, problem)


@sdk.parser(
    id="govulncheck-json-v0",
    scanner="govulncheck",
    title="govulncheck (before 1.0)",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("Calls", "Imports", later=("Requires", "Vulns")),
    versions="govulncheck 0.1 and earlier",
)
def govulncheck_v0(report: sdk.Report) -> sdk.Findings:
    """`govulncheck -json ./... > govulncheck.json`"""
    nodes = report.json("Requires.Modules.*.Version")
    versions = {node.container.rpartition(".")[2]: sdk.text(node.value) for node in nodes}
    problems: Problems = {}
    records: dict[str, sdk.Json] = {}
    gather = partial(_gather_v0, problems, records, versions)
    yield from report.read(report.json("Vulns.item", required="Vulns.item"), gather)
    for identifier, modules in problems.items():
        for module, problem in modules.items():
            yield finding(records[identifier], module, problem)


def _reach(called: sdk.Json, imported: sdk.Json) -> str:
    if called:
        return "called"
    return "imported" if imported else "required"


def _gather_v0(
    problems: Problems, records: dict[str, sdk.Json], versions: dict[str, str | None], said: sdk.Json
) -> sdk.Findings:
    record = records.setdefault(said["OSV"]["id"], said["OSV"])
    known = Problem(versions.get(str(said.get("RequireSink"))))
    problem = problems.setdefault(record["id"], {}).setdefault(said["ModPath"], known)
    place = sdk.Location(symbol=".".join(sdk.texts([said.get("PkgPath"), said.get("Symbol")])))
    problem.reached(_reach(said.get("CallSink"), said.get("ImportSink")), place)
    yield from ()


def _gather(problems: Problems, said: sdk.Json) -> sdk.Findings:
    """A trace runs from the vulnerable symbol to where the program's own code begins to call it."""
    vulnerable, own = said["trace"][0], said["trace"][-1]
    known = Problem(sdk.text(vulnerable.get("version")), sdk.text(said.get("fixed_version")))
    reach = _reach(vulnerable.get("function"), vulnerable.get("package"))
    place = sdk.Location(
        path=sdk.text(sdk.pick(own, "position.filename")),
        line=sdk.line(sdk.pick(own, "position.line")),
        column=sdk.line(sdk.pick(own, "position.column")),
        symbol=".".join(sdk.texts([own.get(key) for key in ("package", "receiver", "function")])) or None,
    )
    problems.setdefault(said["osv"], {}).setdefault(vulnerable["module"], known).reached(reach, place)
    yield from ()
