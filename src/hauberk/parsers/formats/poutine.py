"""poutine: pipelines of GitHub, GitLab, Azure and Tekton that strangers could misuse."""

import re
from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://boostsecurityio.github.io/poutine/rules/: the levels of SARIF
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "note": sdk.Severity.LOW,
    "none": sdk.Severity.INFO,
}
_RULE = "https://boostsecurityio.github.io/poutine/rules/{}/"
_REPOSITORY = re.compile(
    r"pkg:(github|gitlab)/([^@?#]+)[^?]*"
)  # with a qualifier it is on a server of somebody's own


@sdk.parser(
    id="poutine-json",
    scanner="poutine",
    docs="https://github.com/boostsecurityio/poutine#usage",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("findings.item.rule_id", "findings.item.purl", "findings.item.meta"),
        sdk.JsonKeys("findings", "rules", "packages", empty=("findings",)),
    ),
    versions="0.x and 1.x, `--format json`",
)
def poutine(report: sdk.Report) -> sdk.Findings:
    """`poutine analyze_local . --format json > poutine.json`, also `analyze_repo` and `analyze_org`"""
    rules: dict[str, sdk.Json] = {}  # behind the findings
    packages = []
    for node in report.json("rules.*", "packages.*"):
        if node.pattern == "packages.*":
            packages.append(str(node.key))
        elif isinstance(node.value, dict):
            rules[str(node.key)] = node.value
    if len(packages) == 1 and (named := _REPOSITORY.fullmatch(packages[0])):
        yield sdk.ReportHeader(identifiers=sdk.repository(f"{named[1]}.com/{named[2]}"))
    yield from report.read(
        report.json("findings.item"), partial(_finding, rules, are_many_packages=len(packages) > 1)
    )


def _finding(rules: dict[str, sdk.Json], found: sdk.Json, *, are_many_packages: bool) -> sdk.Findings:
    """An organisation's repositories have the same files: with several, the place names its own."""
    rule_id, meta = found["rule_id"], found.get("meta") or {}
    rule = rules.get(rule_id) or {}
    level = sdk.text(rule.get("level"))
    details, steps = sdk.text(meta.get("details")), sdk.texts([meta.get("job"), meta.get("step")])
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.first(rule.get("title"), rule_id) or "",
        severity=sdk.severity(level, _SEVERITIES),
        severity_reported=level,
        rule_id=rule_id,
        description=sdk.paragraphs(rule.get("description"), details),
        identifiers=sdk.identifiers(meta.get("osv_id")),
        locations=(
            sdk.Location(
                path=sdk.text(meta.get("path")),
                line=sdk.line(meta.get("line")),
                symbol="/".join(steps) or None,
                resource=sdk.text(found.get("purl")) if are_many_packages else None,
                message=details,
            ),
        ),
        references=sdk.urls(
            _RULE.format(rule_id), [each.get("ref") for each in sdk.listed(rule.get("refs"))]
        ),
        tags=sdk.texts(meta.get("event_triggers")),
    )
