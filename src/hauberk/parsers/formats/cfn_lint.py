"""cfn-lint: the linter of CloudFormation templates."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # the levels of `--format json`: https://github.com/aws-cloudformation/cfn-lint#rule-ids
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "informational": sdk.Severity.INFO,
}


@sdk.parser(
    id="cfn-lint-json",
    scanner="cfn-lint",
    docs="https://github.com/aws-cloudformation/cfn-lint#parameters",
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("item.Filename", "item.Level", "item.Rule.Id", "item.Location.Start"),
    items=sdk.JsonItems("item"),
    versions="0.x and 1.x",
)
def cfn_lint(match: sdk.Json) -> sdk.Findings:
    """`cfn-lint --format json 'templates/**/*.yaml' > cfn-lint.json`"""
    rule = match["Rule"]
    where = match["Location"]
    steps = sdk.texts(where.get("Path") or ())
    resource = steps[1] if len(steps) > 1 and steps[0] == "Resources" else None
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.text(rule.get("ShortDescription")) or match["Message"],
        severity=sdk.severity(match.get("Level"), _SEVERITIES),
        severity_reported=sdk.text(match.get("Level")),
        rule_id=rule["Id"],
        rule_name=sdk.text(rule.get("ShortDescription")),
        description=sdk.paragraphs(match.get("Message"), rule.get("Description")),
        locations=(
            sdk.Location(
                path=match.get("Filename"),
                line=sdk.line(sdk.pick(where, "Start.LineNumber")),
                end_line=sdk.line(sdk.pick(where, "End.LineNumber")),
                column=sdk.line(sdk.pick(where, "Start.ColumnNumber")),
                symbol="/".join(steps) or None,
                resource=f"{match['Filename']}#{resource}" if resource else None,
                evidence=sdk.text(match.get("Message")),
            ),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.urls(rule.get("Source")),
        stable_id=sdk.text(match.get("Id")),
    )
