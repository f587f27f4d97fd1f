"""Checkmarx One: the JSON scan reports, the first one (queries by language) and the improved one (queries in a list)."""

from collections.abc import Iterator
from datetime import datetime

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkmarx

_DOCS = "https://docs.checkmarx.com/en/34965-68654-scan-reports.html"
_KINDS = [sdk.SAST, sdk.IAC, sdk.SCA]


@sdk.parser(
    id="checkmarx-one-scan-report-json",
    scanner="Checkmarx One",
    title="Checkmarx One scan report",
    docs=_DOCS,
    kinds=_KINDS,
    sniff=sdk.JsonKeys("reportHeader.tenantId", "executiveSummary", later=("scanResults",)),
)
def checkmarx_one_scan_report(report: sdk.Report) -> sdk.Findings:
    """A scan's *Reports*, *Scan Report*, format JSON"""
    groups = {
        "scanResults.sast.languages.item.queries.item": _query,
        "scanResults.kics.results.item": _query,
        "scanResults.sca.packages.item": _package,
        "reportHeader": _header,
        "scanSummary": _header,
    }
    for node in report.json(*groups):
        yield from report.read_one(node, groups[node.pattern])


@sdk.parser(
    id="checkmarx-one-improved-report-json",
    scanner="Checkmarx One",
    title="Checkmarx One improved scan report",
    docs=_DOCS,
    kinds=_KINDS,
    sniff=sdk.AnyOf(
        sdk.JsonKeys("reportCreationDate", "reportType", "reportHeader.projectName"),
        sdk.JsonKeys("scanResults.resultsList", "vulnerabilityDetails"),
    ),
)
def checkmarx_one_improved_report(report: sdk.Report) -> sdk.Findings:
    """A scan's *Reports*, *Improved Scan Report*, format JSON"""
    groups = {
        "scanResults.resultsList.item": _query,
        "iacScanResults.technology.item.queries.item": _query,
        "scaScanResults.packages.item": _package,
        "reportHeader": _header,
    }
    for node in report.json(*groups):
        yield from report.read_one(node, groups[node.pattern])


def _header(said: sdk.Json) -> sdk.Findings:
    moment = said.get("scanDate") or said.get("scanCompletedDate") or said.get("createdDate")
    yield sdk.ReportHeader(
        asset=sdk.text(said.get("projectName")),
        ref=sdk.text(said.get("scannedBranchName") or said.get("branchName")),
        scanned_at=sdk.timestamp(moment),
    )


def _query(query: sdk.Json) -> sdk.Findings:
    for result in query.get("vulnerabilities") or query.get("resultsList") or ():
        name = query.get("queryName") or result.get("queryName") or query.get("name")
        yield sdk.ReportedFinding(
            kind=sdk.IAC if "actualValue" in result else sdk.SAST,
            title=checkmarx.title_of(name),
            severity=sdk.severity(result.get("severity"), checkmarx.SEVERITIES),
            severity_reported=sdk.text(result.get("severity")),
            rule_id=sdk.text(query.get("queryId")) or name,
            rule_name=name,
            description=_description(query, result),
            cwes=sdk.cwes(result.get("cweId"), query.get("cweId")),
            locations=checkmarx.place_first(_flow(result)),
            references=sdk.urls(query.get("queryDescriptionLink"), result.get("resultViewerLink")),
            tags=sdk.texts([result.get("groupName") or query.get("queryPath"), *_standards(query, result)]),
            stable_id=sdk.first(result.get("similarityId"), result.get("id")),
            suppression=checkmarx.suppression_of(result.get("state"), _notes(result)),
            found_at=_moment(result, "firstFoundDate", "firstDetectionDate"),
        )


def _flow(result: sdk.Json) -> Iterator[sdk.Location]:
    if result.get("fileName"):
        yield checkmarx.node(result)
        return
    if result.get("sourceFileName"):
        yield _end(result, "source")
    yield from map(checkmarx.node, result.get("nodes") or ())
    if result.get("destinationFileName"):
        yield _end(result, "destination")


def _end(result: sdk.Json, end: str) -> sdk.Location:
    return checkmarx.node(
        {
            name: result.get(end + name[0].upper() + name[1:])
            for name in ("fileName", "line", "method", "code")
        }
    )


def _description(query: sdk.Json, result: sdk.Json) -> str | None:
    parts = [query.get("description") or result.get("description")]
    parts += [f"Expected: {result['expectedValue']}"] if result.get("expectedValue") else []
    parts += [f"Found: {result['actualValue']}"] if result.get("actualValue") else []
    return sdk.paragraphs(*parts)


def _standards(query: sdk.Json, result: sdk.Json) -> Iterator[str]:
    yield from sdk.texts(result.get("compliance"))
    for category in sdk.listed(query.get("categories")):
        yield f"{category['name']}: {', '.join(sdk.texts(category.get('subCategories')))}"


def _notes(result: sdk.Json) -> str | None:
    notes = result.get("notes") or ()
    return "\n".join(sdk.texts([sdk.pick(note, "text") or note for note in notes])) or None


def _moment(result: sdk.Json, *names: str) -> datetime | None:
    """A time, or the seconds of one: both are seen in one report."""
    said = next((result[name] for name in names if result.get(name)), None)
    return sdk.timestamp(said.get("seconds") if isinstance(said, dict) else said)


def _package(package: sdk.Json) -> sdk.Findings:
    name = sdk.text(package.get("name")) or package["packageName"]
    for found in sdk.listed(package.get("vulnerabilities")):
        rule = sdk.first(found.get("cveName"), found.get("cveId"), found.get("id"))
        version = sdk.text(found.get("version") or package.get("packageVersion"))
        component = checkmarx.package(name) or sdk.Component(name=name, version=version)
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=f"{rule or 'Vulnerability'} in {component.name}",
            severity=sdk.severity(found.get("severity"), checkmarx.SEVERITIES),
            severity_reported=sdk.text(found.get("severity")),
            rule_id=rule,
            description=sdk.text(found.get("description")),
            identifiers=sdk.identifiers(found.get("cveName"), found.get("cveId")),
            cwes=sdk.cwes(found.get("cwe")),
            components=(component,),
            stable_id=sdk.text(found.get("id")),
            suppression=checkmarx.suppression_of(found.get("state")),
            found_at=_moment(found, "firstFoundDate"),
        )
