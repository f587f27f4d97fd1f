"""Veracode: the findings REST API (static, dynamic, SCA) and the JSON of the pipeline scan."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import veracode

_KINDS = {"STATIC": sdk.SAST, "MANUAL": sdk.SAST, "DYNAMIC": sdk.DAST, "SCA": sdk.SCA}


@sdk.parser(
    id="veracode-findings-json",
    scanner="Veracode",
    title="Veracode findings API",
    docs="https://docs.veracode.com/r/c_findings_v2_intro",
    kinds=[sdk.SAST, sdk.DAST, sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("findings.item.scan_type", "findings.item.finding_status"),
        sdk.JsonKeys("_embedded.findings.item.scan_type", "_embedded.findings.item.finding_status"),
        sdk.JsonKeys(
            values={"_links.self.href": r"\S+/appsec/v2/\S+/findings\b\S*", "page.total_elements": "0"}
        ),
    ),
    versions="Findings REST API v2",
)
def veracode_findings(report: sdk.Report) -> sdk.Findings:
    """`GET /appsec/v2/applications/GUID/findings?size=500` (and with `scan_type=SCA`)"""
    yield from report.read(report.json("findings.item", "_embedded.findings.item"), _finding)


@sdk.parser(
    id="veracode-pipeline-json",
    scanner="Veracode",
    title="Veracode Pipeline Scan",
    docs="https://docs.veracode.com/r/r_pipeline_scan_results",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("findings.item.issue_type_id", "findings.item.cwe_id", "findings.item.files"),
        sdk.JsonKeys("pipeline_scan"),
        sdk.JsonKeys("scan_id", "scan_status", "modules", empty=("findings",)),
    ),
    items=sdk.JsonItems("findings.item"),
    header={"tool_version": "pipeline_scan"},
)
def veracode_pipeline(finding: sdk.Json) -> sdk.Findings:
    """`java -jar pipeline-scan.jar --file app.jar --json_output_file results.json`"""
    source = finding["files"]["source_file"]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(finding.get("issue_type")) or finding["title"],
        severity=sdk.severity(finding.get("severity"), veracode.SEVERITIES),
        severity_reported=sdk.text(finding.get("severity")),
        rule_id=f"CWE-{finding['cwe_id']}",
        rule_name=sdk.text(finding.get("issue_type")),
        description=sdk.plain(finding.get("display_text")),
        cwes=sdk.cwes(finding["cwe_id"]),
        locations=(
            sdk.Location(
                path=source.get("file"),
                line=sdk.line(source.get("line")),
                symbol=sdk.first(source.get("qualified_function_name"), source.get("function_name")),
            ),
        ),
        references=sdk.urls(finding.get("flaw_details_link")),
        tags=sdk.texts(finding.get("title")),
    )


def _finding(finding: sdk.Json) -> sdk.Findings:
    details, state = finding["finding_details"], finding.get("finding_status") or {}
    if state.get("status") == "CLOSED":
        return
    kind = _KINDS[finding["scan_type"].upper()]
    known = details.get("cve") or {}
    weakness = details.get("cwe") or {}
    component = _component(details) if kind is sdk.SCA else None
    name = sdk.pick(details, "finding_category.name") or weakness.get("name") or known.get("name")
    yield sdk.ReportedFinding(
        kind=kind,
        title=f"{known['name']} in {component[0].name}" if component else name or "Flaw",
        severity=sdk.severity(details.get("severity"), veracode.SEVERITIES),
        severity_reported=sdk.text(details.get("severity")),
        rule_id=sdk.text(known.get("name")) or (f"CWE-{weakness['id']}" if weakness else None),
        rule_name=sdk.text(weakness.get("name")),
        description=sdk.plain(finding.get("description")),
        identifiers=sdk.identifiers(known.get("name")),
        cwes=sdk.cwes(weakness.get("id")),
        cvss=_cvss(known),
        locations=() if component else (_place(details, kind),),
        components=component or (),
        references=sdk.urls(weakness.get("href"), known.get("href")),
        tags=sdk.texts([details.get("attack_vector"), details.get("module"), details.get("plugin")]),
        stable_id=sdk.text(finding.get("issue_id")),
        suppression=veracode.mitigation(state.get("resolution_status"), _reasons(finding, state)),
        found_at=sdk.timestamp(state.get("first_found_date")),
    )


def _reasons(finding: sdk.Json, state: sdk.Json) -> str | None:
    said = sdk.texts([each.get("comment") for each in sdk.listed(finding.get("annotations"))])
    return "\n".join(said) or (sdk.text(state.get("resolution")) or "").lower().replace("_", " ") or None


def _place(details: sdk.Json, kind: sdk.FindingKind) -> sdk.Location:
    if kind is sdk.DAST:
        return sdk.at_url(
            details.get("url") or details["hostname"], parameter=sdk.text(details.get("vulnerable_parameter"))
        )
    where = sdk.text(details.get("location"))  # of a manual one, in the tester's words
    if where and sdk.urls(where):
        return sdk.at_url(where)
    return sdk.Location(
        path=sdk.first(details.get("file_path"), details.get("file_name"), where),
        line=sdk.line(details.get("file_line_number")),
        symbol=sdk.text(details.get("procedure")),
    )


def _component(details: sdk.Json) -> tuple[sdk.Component, ...]:
    version = sdk.text(details.get("version"))
    paths = sdk.texts([each.get("path") for each in sdk.listed(details.get("component_path"))])
    return tuple(
        veracode.component(details["component_filename"], version, path) for path in paths or (None,)
    )


def _cvss(known: sdk.Json) -> tuple[sdk.Cvss, ...]:
    third = known.get("cvss3") or {}
    vector = f"CVSS:3.1/{third['vector']}" if third.get("vector") else None
    return sdk.assessments(
        (vector, third.get("score"), "Veracode"), (known.get("vector"), known.get("cvss"), "Veracode")
    )
