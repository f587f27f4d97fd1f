"""sonar-report: the page, and the JSON beside it, that this tool makes of a SonarQube project."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sonarqube

_DOCS = "https://github.com/soprasteria/sonar-report#readme"


@sdk.parser(
    id="sonar-report-html",
    scanner="SonarQube",
    title="sonar-report (HTML)",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.HtmlPage("//title[contains(., 'SonarQube')]", "//body"),
)
def sonar_report_html(report: sdk.Report) -> sdk.Findings:
    """`sonar-report --sonarurl=URL --sonarcomponent=KEY --output=report.html`"""
    tables = [list(sdk.table_rows(table)) for table in report.page().xpath("//table[not(ancestor::table)]")]
    rows = [row for table in tables for row in table]
    known = {
        sdk.words(row["Rule"]): sdk.words(row["Description"])
        for row in rows
        if row.keys() == {"Rule", "Description"}
    }
    for row in rows:
        if {"Rule", "Severity", "Component", "Message"} <= row.keys():
            said = {name.lower(): sdk.words(cell) for name, cell in row.items()}
            rule = {"htmlDesc": known.get(said["rule"])}
            yield from _finding(said, rule, sdk.urls(row["Rule"].xpath(".//a/@href")))


@sdk.parser(
    id="sonar-report-json",
    scanner="SonarQube",
    title="sonar-report (JSON)",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("projectName", "sonarBaseURL", "rules", later=("issues",)),
        sdk.JsonKeys("projectName", "sonarBaseURL", "sonarComponent"),
    ),
)
def sonar_report_json(report: sdk.Report) -> sdk.Findings:
    """`sonar-report --sonarurl=URL --sonarcomponent=KEY --saveReportJson=report.json`"""
    rules = {node.key: node.value for node in report.json("rules.*")}
    for node in report.json("issues.item", "projectName", required="issues.item"):
        if node.pattern == "projectName":
            yield sdk.ReportHeader(asset=sdk.text(node.value))
        else:
            yield from report.read_one(node, partial(_with_rule, rules))


def _with_rule(rules: dict[str | int, sdk.Json], issue: sdk.Json) -> sdk.Findings:
    yield from _finding(issue, rules.get(issue["rule"]) or {}, ())


def _finding(said: sdk.Json, rule: sdk.Json, links: tuple[str, ...]) -> sdk.Findings:
    message, about = sdk.text(said.get("message")), sdk.text(rule.get("htmlDesc"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.first(said.get("description"), rule.get("name")) or message or said["rule"],
        severity=sdk.severity(said.get("severity"), sonarqube.SEVERITIES),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=said["rule"],
        rule_name=sdk.text(rule.get("name")),
        description=sdk.paragraphs(message, about),
        cwes=sdk.cwes(about, message),
        identifiers=sdk.identifiers(message),
        locations=(sdk.Location(path=said.get("component"), line=sdk.line(said.get("line"))),),
        references=sdk.urls(links, said.get("link")),
        stable_id=sdk.text(said.get("key")),
        suppression=sonarqube.suppression_of(said),
    )
