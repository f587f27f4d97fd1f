"""Veracode: the detailed XML report with static, dynamic and manual flaws and software composition analysis."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import veracode


@sdk.parser(
    id="veracode-xml",
    scanner="Veracode",
    docs="https://docs.veracode.com/r/c_about_XML_report",
    kinds=[sdk.SAST, sdk.DAST, sdk.SCA],
    sniff=sdk.XmlRoot("detailedreport"),
    versions="report format 1.5",
)
def veracode_xml(report: sdk.Report) -> sdk.Findings:
    """An application's *Results*, *Download*, *XML Report*; or `GET /api/5.0/detailedreport.do?build_id=ID`"""
    about = report.xml_root().attributes
    yield sdk.ReportHeader(
        asset=sdk.text(about.get("app_name")),
        scanned_at=sdk.timestamp(about.get("last_update_time") or about.get("generation_date")),
        tool_version=sdk.text(about.get("report_format_version")),
        scope=sdk.text(about.get("sandbox_name")),
    )
    flaws = {f"severity/category/cwe/{kind}flaws/flaw": _flaw for kind in ("static", "dynamic", "manual")}
    components = "software_composition_analysis/vulnerable_components/component"
    for node in report.xml(*flaws, components):
        read = _component if node.pattern == components else _flaw
        yield from report.read_one(node, read)


def _flaw(flaw: sdk.XmlElement) -> sdk.Findings:
    mitigation = veracode.mitigation(flaw.get("mitigation_status"), _reasons(flaw))
    if flaw.get("remediation_status") == "Fixed" and mitigation is None:
        mitigation = sdk.Suppression(justification="fixed")
    weakness = next(flaw.iterancestors("{*}cwe"))
    category = next(flaw.iterancestors("{*}category"))
    is_static = "line" in flaw.attrib
    yield sdk.ReportedFinding(
        kind=sdk.DAST if flaw.get("url") else sdk.SAST,
        title=flaw.get("categoryname") or category.attrib["categoryname"],
        severity=sdk.severity(flaw.attrib.get("severity"), veracode.SEVERITIES),
        severity_reported=flaw.attrib.get("severity"),
        rule_id=f"CWE-{flaw.get('cweid') or weakness.get('cweid')}",
        rule_name=weakness.get("cwename"),
        description=sdk.text(flaw.get("description")),
        remediation=_paragraphs(category.find("{*}recommendations")),
        cwes=sdk.cwes(flaw.get("cweid"), weakness.get("cweid")),
        locations=(_place(flaw) if is_static else _address(flaw),),
        tags=sdk.texts([flaw.get("type"), flaw.get("module")]),
        stable_id=flaw.get("issueid"),
        suppression=mitigation,
        found_at=sdk.timestamp(flaw.get("date_first_occurrence")),
    )


def _place(flaw: sdk.XmlElement) -> sdk.Location:
    """The folder ends in a slash. `functionrelativelocation` says where in its function a flaw of a binary is."""
    return sdk.Location(
        path=(flaw.get("sourcefilepath") or "") + (flaw.get("sourcefile") or "") or flaw.get("module"),
        line=sdk.line(flaw.get("line")),
        symbol=sdk.first(flaw.get("functionprototype"), flaw.get("scope")),
    )


def _address(flaw: sdk.XmlElement) -> sdk.Location:
    return sdk.at_url(flaw.get("url") or flaw.get("module"), parameter=sdk.text(flaw.get("vuln_parameter")))


def _reasons(flaw: sdk.XmlElement) -> str | None:
    said = [each.get("description") for each in flaw.iterfind("{*}mitigations/{*}mitigation")]
    return "\n".join(sdk.texts(said)) or None


def _paragraphs(element: sdk.XmlElement | None) -> str | None:
    said = () if element is None else [each.get("text") for each in element.iter()]
    return "\n".join(sdk.texts(said)) or None


def _component(component: sdk.XmlElement) -> sdk.Findings:
    version, library = sdk.text(component.get("version")), sdk.text(component.get("library"))
    paths = sdk.texts([each.get("value") for each in component.iterfind("{*}file_paths/{*}file_path")])
    found = tuple(
        veracode.component(component.get("file_name") or library or "", version, path, library)
        for path in paths or (sdk.text(component.get("file_name")),)
    )
    for each in component.iterfind("{*}vulnerabilities/{*}vulnerability"):
        known = each.attrib["cve_id"]
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=f"{known} in {found[0].name}",
            severity=sdk.severity(each.attrib.get("severity"), veracode.SEVERITIES),
            severity_reported=each.attrib.get("severity"),
            rule_id=known,
            description=sdk.text(each.get("cve_summary")),
            identifiers=sdk.identifiers(known),
            cwes=sdk.cwes(each.get("cwe_id")),
            cvss=sdk.assessments((None, each.get("cvss_score"), "Veracode")),
            components=found,
            found_at=sdk.timestamp(each.get("first_found_date")),
            suppression=veracode.mitigation("accepted", None) if each.get("mitigation") == "true" else None,
        )
