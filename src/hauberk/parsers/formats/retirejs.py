"""Retire.js: JavaScript libraries with known vulnerabilities, found in files and packages."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


@sdk.parser(
    id="retirejs-json",
    scanner="Retire.js",
    docs="https://github.com/RetireJS/retire.js#command-line-scanner",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("data.item.file", "data.item.results"),
        sdk.JsonKeys("data.item.results.item.component"),
        sdk.JsonKeys("item.results.item.component", "item.results.item.version"),
        sdk.JsonKeys("version", "start", "messages", "errors", empty=("data",)),
    ),
    versions="1.0 and later (from 2.0 on `data` holds the list)",
)
def retirejs(report: sdk.Report) -> sdk.Findings:
    """`retire --outputformat json --outputpath retire.json`"""
    for node in report.json("data.item", "item", "version", "start"):
        if node.pattern == "version":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
        elif node.pattern == "start":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            yield from report.read_one(node, _file)


def _file(scanned: sdk.Json) -> sdk.Findings:
    for library in scanned["results"]:
        for said in sdk.listed(library.get("vulnerabilities")):
            # Old databases tell no more than an address.
            about = {"info": [said]} if isinstance(said, str) else said
            yield _vulnerability(sdk.text(scanned.get("file")), library, about)


def _vulnerability(path: str | None, library: sdk.Json, said: sdk.Json) -> sdk.ReportedFinding:
    name, version = library["component"], sdk.text(library.get("version"))
    named = said.get("identifiers") or {}
    package = sdk.text(library.get("npmname")) or name
    word, info = sdk.text(said.get("severity")), sdk.urls(said.get("info"))
    ids = sdk.identifiers(*(named.values() or sdk.texts(said.get("info"))))
    summary = sdk.first(named.get("summary"), ids) or "Known vulnerability"
    unnamed = None if named else sdk.first(info)  # an address is all that tells it from others
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(summary, name),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.first(ids, named.get("issue"), named.get("bug"), unnamed) or summary,
        identifiers=ids,
        cwes=sdk.cwes(said.get("cwe")) or packages.CWES,
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl("npm", package, version),
                fixed_versions=sdk.texts(said.get("below")),
                path=path or _through(library.get("parent")),
            ),
        ),
        references=info,
        tags=sdk.texts(library.get("detection")),
    )


def _through(parent: sdk.Json) -> str | None:
    """A package instead of a file: the packages that brought it, the outermost first."""
    chain: list[str] = []
    while isinstance(parent, dict) and len(chain) < 100:
        chain.insert(0, "@".join(sdk.texts([parent.get("component"), parent.get("version")])))
        parent = parent.get("parent")
    return " > ".join(chain) or None
