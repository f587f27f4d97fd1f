"""OSV-Scanner: known vulnerabilities of the packages in lock files, SBOMs and images, by OSV.dev."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import osv, packages


@sdk.parser(
    id="osv-scanner-json",
    scanner="OSV-Scanner",
    docs="https://google.github.io/osv-scanner/output/",
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("results.item.source.path", "results.item.packages.item.package"),
        sdk.JsonKeys("results", "experimental_config"),
        sdk.JsonKeys("results.item.source.path", "results.item.source.type", "results.item.packages"),
        sdk.JsonKeys("results.item.packageSource.path", "results.item.packages.item.Package"),
    ),
    versions="version 1 (and before) and 2, also of images",
)
def osv_scanner(report: sdk.Report) -> sdk.Findings:
    """`osv-scanner scan source -r . --format json --output osv.json`, `osv-scanner scan image NAME --format json`"""
    sources: dict[str, sdk.Json] = {}  # the source stands before its packages, but nothing promises it
    for node in report.json("results.item.source", "results.item.packageSource"):
        sources[node.container] = node.value
    yield sdk.ReportHeader(targets=sdk.texts([sdk.pick(each, "path") for each in sources.values()]))
    for node in report.json("results.item.packages.item", required="results.item"):
        source = sources.get(node.container.removesuffix(".packages"))
        yield from report.read_one(node, partial(_package, source))


def _package(source: sdk.Json, said: sdk.Json) -> sdk.Findings:
    """OSV-Scanner's groups are records of one problem; their rating and reachability go to each."""
    groups = {one: group for group in sdk.listed(said.get("groups")) for one in sdk.listed(group.get("ids"))}
    for record in sdk.listed(said.get("vulnerabilities")):
        yield _vulnerability(sdk.text(sdk.pick(source, "path")), said, record, groups.get(record["id"]) or {})


def _vulnerability(
    path: str | None, said: sdk.Json, record: sdk.Json, group: sdk.Json
) -> sdk.ReportedFinding:
    package = said.get("package") or said["Package"]
    name, version = package.get("name") or package["commit"], sdk.text(package.get("version"))
    ecosystem = sdk.text(package.get("ecosystem"))
    severity, word = osv.severity(record, name, group.get("max_severity"))
    summary = sdk.text(record.get("summary")) or record["id"]
    layer = sdk.text(sdk.pick(package, "image_origin_details.index"))
    analysis = group.get("experimentalAnalysis") or group.get("experimental_analysis")
    called = sdk.pick(analysis, f"{record['id']}.called")
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER if osv.is_distribution(ecosystem) or layer else sdk.SCA,
        title=packages.title(summary, name, version),
        severity=severity,
        severity_reported=word,
        rule_id=record["id"],
        description=sdk.text(record.get("details")),
        identifiers=osv.identifiers(record),
        cwes=osv.cwes(record, name),
        cvss=osv.cvss(record, name),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=osv.purl(ecosystem, name, version),
                fixed_versions=osv.fixed_versions(record, name),
                path=path,
                layer=layer,
            ),
        ),
        references=tuple(osv.references(record)),
        tags=sdk.texts(
            [*sdk.texts(said.get("dependency_groups")), "not called" if called is False else None]
        ),
        target=path,
    )
