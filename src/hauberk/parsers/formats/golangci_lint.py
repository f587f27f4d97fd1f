"""golangci-lint: many linters for Go at once, gosec among them."""

import re

from hauberk.parsers import sdk

# Those that begin their text with a rule of theirs (`G101: …`, `unused-parameter: …`), and where it is explained.
_RULES = {
    "gocritic": "https://go-critic.com/overview.html#{lower}",
    "gosec": "https://securego.io/docs/rules/{lower}.html",
    "govet": "https://pkg.go.dev/cmd/vet",
    "revive": "https://github.com/mgechev/revive/blob/HEAD/RULES_DESCRIPTIONS.md#{rule}",
    "staticcheck": "https://staticcheck.dev/docs/checks/#{rule}",
    "stylecheck": "https://staticcheck.dev/docs/checks/#{rule}",
    "gosimple": "https://staticcheck.dev/docs/checks/#{rule}",
}
_RULE = re.compile(r"([A-Za-z][\w-]*): (?=\S)")
_LINTER = "https://golangci-lint.run/docs/linters/configuration/#{rule}"
_COMPILES_NOT = "typecheck"  # https://golangci-lint.run/docs/welcome/faq/: no linter, what the compiler said


@sdk.parser(
    id="golangci-lint-json",
    scanner="golangci-lint",
    docs="https://golangci-lint.run/docs/configuration/file/#output-configuration",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("Issues.item.FromLinter", "Issues.item.Text", "Issues.item.Pos"),
        sdk.JsonKeys("Issues", "Report.Linters.item.Name"),
        sdk.JsonKeys("Issues", "Report.Error"),
    ),
    versions="1.x with `--out-format json`, 2.x with `--output.json.path`",
)
def golangci_lint(report: sdk.Report) -> sdk.Findings:
    """`golangci-lint run --output.json.path golangci-lint.json`"""
    for node in report.json("Issues.item", "Report.Error"):
        if node.pattern != "Report.Error":
            yield from report.read_one(node, _issue)
        elif reason := sdk.text(node.value):
            raise sdk.ReportError("schema_mismatch", f"golangci-lint gave up: {reason[:200]}")


def _issue(issue: sdk.Json) -> sdk.Findings:
    """Severity is what the project's own configuration says, or the linter; many say nothing."""
    linter, text, place = issue["FromLinter"], issue["Text"], issue.get("Pos") or {}
    path = sdk.text(place.get("Filename"))
    if linter == _COMPILES_NOT:
        yield sdk.ItemProblem(position=path or linter, reason=f"golangci-lint: {text}")
        return
    named = _RULE.match(text) if linter in _RULES else None
    rule = named[1] if named else linter
    link = _RULES[linter] if named else _LINTER
    lines, quoted = issue.get("LineRange") or {}, sdk.listed(issue.get("SourceLines"))
    severity = sdk.text(issue.get("Severity"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=text[named.end() :] if named else text,
        severity=sdk.severity(severity),
        severity_reported=severity,
        rule_id=rule,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(place.get("Line")) or sdk.line(lines.get("From")),
                end_line=sdk.line(lines.get("To")),
                column=sdk.line(place.get("Column")),
                snippet="\n".join(each for each in quoted if isinstance(each, str)) or None,
            ),
        ),
        references=(link.format(rule=rule, lower=rule.lower()),),
        tags=(linter,),
    )
