"""SonarQube's generic issue format: what tools without a plug-in write for it to import, and others read as well."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sonarqube


@sdk.parser(
    id="sonarqube-external-json",
    scanner="SonarQube",
    title="SonarQube generic issues",
    docs="https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("issues.item.ruleId", "issues.item.primaryLocation.filePath"),
    versions="the format since 10.3, which lists the rules, and the one before",
)
def sonarqube_external(report: sdk.Report) -> sdk.Findings:
    """What `sonar.externalIssuesReportPaths` takes, for example `mobsfscan --sonarqube -o issues.json src`"""
    rules = {str(node.value.get("id")): node.value for node in report.json("rules.item")}
    engine = next(report.json("rules.item.engineId", "issues.item.engineId"), None)
    yield sdk.ReportHeader(scanner=sdk.text(engine.value) if engine else None)
    yield from report.read(report.json("issues.item", required="issues.item"), partial(_issue, rules))


def _issue(rules: dict[str, sdk.Json], issue: sdk.Json) -> sdk.Findings:
    rule, at = rules.get(issue["ruleId"]) or {}, issue["primaryLocation"]
    told = issue | rule
    impacts = sdk.texts([impact.get("severity") for impact in sdk.listed(told.get("impacts"))])
    word = sdk.text(told.get("severity")) or sonarqube.worst(impacts)
    message, name = sdk.text(at.get("message")), sdk.text(rule.get("name"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=name or message or issue["ruleId"],
        severity=sdk.severity(word, sonarqube.SEVERITIES),
        severity_reported=word,
        rule_id=issue["ruleId"],
        rule_name=name,
        description=sdk.paragraphs(message, sdk.plain(rule.get("description"))),
        identifiers=sdk.identifiers(issue["ruleId"], message),
        cwes=sdk.cwes(message, rule.get("description")),
        locations=tuple(_place(each) for each in (at, *(issue.get("secondaryLocations") or ()))),
        tags=sdk.texts([told.get("type"), *impacts]),
    )


def _place(said: sdk.Json) -> sdk.Location:
    """Columns count from 0 there."""
    text_range = said.get("textRange") or {}
    start = sdk.integer(text_range.get("startColumn"))
    return sdk.Location(
        path=sdk.text(said.get("filePath")),
        line=sdk.line(text_range.get("startLine")),
        end_line=sdk.line(text_range.get("endLine")),
        column=None if start is None else start + 1,
    )
