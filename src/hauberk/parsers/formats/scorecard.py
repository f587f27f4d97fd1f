"""OpenSSF Scorecard: how a repository is run, in checks of up to ten points."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import scorecard as dialect

# The risk that Scorecard's documentation gives each check; in the report are points alone
# https://github.com/ossf/scorecard/blob/main/docs/checks.md
_RISKS: sdk.Scale = {
    **dict.fromkeys(("dangerous-workflow", "webhooks"), sdk.Severity.CRITICAL),
    **dict.fromkeys(
        (
            "binary-artifacts",
            "branch-protection",
            "code-review",
            "dependency-update-tool",
            "maintained",
            "signed-releases",
            "token-permissions",
            "vulnerabilities",
        ),
        sdk.Severity.HIGH,
    ),
    **dict.fromkeys(
        ("fuzzing", "packaging", "pinned-dependencies", "sast", "sbom", "security-policy"),
        sdk.Severity.MEDIUM,
    ),
    **dict.fromkeys(("ci-tests", "cii-best-practices", "contributors", "license"), sdk.Severity.LOW),
}
_FULL = 10
_WARNING = "Warn: "
_VULNERABLE = (
    " is vulnerable to"  # `Project is vulnerable to: GHSA-…`, first versions: `HEAD is vulnerable to A, B`
)
_PLACE = re.compile(
    r"Warn: (?P<message>.+?): (?P<path>[^\s:]+):(?P<line>\d{1,9})(?:-(?P<end>\d{1,9}))?(?=: |$)"
)


@sdk.parser(
    id="scorecard-json",
    scanner="OpenSSF Scorecard",
    docs="https://github.com/ossf/scorecard#formatting-results",
    kinds=[sdk.CLOUD, sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("repo.name", "scorecard.version", "scorecard.commit", later=("checks",)),
        sdk.JsonKeys("checks.item.score", "checks.item.reason", "checks.item.documentation.short"),
    ),
    versions="4 and 5, `--format json`",
)
def scorecard(report: sdk.Report) -> sdk.Findings:
    """`scorecard --repo=github.com/acme/till --format json --show-details > scorecard.json`"""
    repository, header = dialect.head(report)
    yield header
    yield from report.read(report.json("checks.item"), partial(_check, repository))


def _check(repository: str | None, check: sdk.Json) -> sdk.Findings:
    """Of less than ten points; -1 is a check that could not tell. What names vulnerabilities is one finding for each."""
    score, name = sdk.integer(check["score"]), check["name"]
    if score is None or score >= _FULL:
        return
    details = [each for each in sdk.texts(check.get("details")) if each.startswith(_WARNING)]
    told = (each.partition(_VULNERABLE)[2].lstrip(": ").split(", ") for each in details)
    named = [vulnerability for each in told for vulnerability in each if vulnerability]
    lines = [match for each in details if (match := _PLACE.match(each))]
    annotations = sdk.texts(check.get("annotations"))  # of the maintainers: why it needs no action
    vulnerable = [f"Project is vulnerable to {each}" for each in named]
    for title in vulnerable or [f"{name}: {check['reason']}"]:
        yield sdk.ReportedFinding(
            kind=sdk.SCA if named else sdk.CLOUD,
            title=title,
            severity=_RISKS.get(name.lower(), sdk.Severity.UNKNOWN),
            severity_reported=f"{score} of {_FULL}",
            rule_id=name,
            description=sdk.paragraphs(
                sdk.pick(check, "documentation.short"), None if named else "\n".join(details)
            ),
            identifiers=sdk.identifiers(title) if named else (),
            locations=(sdk.Location(resource=repository), *(_location(each) for each in lines)),
            references=sdk.urls(sdk.pick(check, "documentation.url")),
            suppression=sdk.suppression(annotations, justification="\n".join(annotations)),
        )


def _location(said: re.Match[str]) -> sdk.Location:
    return sdk.Location(
        path=said["path"],
        line=sdk.line(said["line"]),
        end_line=sdk.line(said["end"]),
        message=said["message"],
    )
