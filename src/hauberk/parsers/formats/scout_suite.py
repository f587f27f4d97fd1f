"""Scout Suite: accounts of AWS, Azure, Google Cloud and others against NCC Group's rules."""

from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/nccgroup/ScoutSuite/wiki/HowTo:-Create-a-new-rule: a rule's level
    "danger": sdk.Severity.CRITICAL,
    "warning": sdk.Severity.MEDIUM,
    "good": sdk.Severity.INFO,
}
_ACCOUNTS = ("account_id", "aws_account_id")
_RULES = "services.*.findings.*"


@sdk.parser(
    id="scout-suite-js",
    scanner="Scout Suite",
    docs="https://github.com/nccgroup/ScoutSuite/wiki",
    kinds=[sdk.CLOUD],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("account_id", "last_run.ruleset_name", later=("services",)),
        sdk.JsonKeys(f"{_RULES}.flagged_items", f"{_RULES}.dashboard_name"),
    ),
    versions="3 to 5, and Scout2",
)
def scout_suite(report: sdk.Report) -> sdk.Findings:
    """`scout aws`; the report is `scoutsuite-report/scoutsuite-results/scoutsuite_results_*.js`"""
    provider, account = "", None
    for node in report.json("provider_code", *_ACCOUNTS, "last_run", _RULES):
        if node.pattern == "provider_code":
            provider = f"{node.value}:"
        elif node.pattern in _ACCOUNTS:
            account = sdk.text(node.value)
            yield sdk.ReportHeader(asset=account, targets=sdk.texts(account))
        elif node.pattern == "last_run":
            yield sdk.ReportHeader(
                tool_version=sdk.text(node.value.get("version")),
                scanned_at=sdk.timestamp(node.value.get("time")),
            )
        else:
            flagged = partial(_finding, f"{provider}{node.key}", account, node.value)
            yield from sdk.each(node.value.get("items"), flagged, node.position)


def _finding(rule: str, account: str | None, about: sdk.Json, item: str) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=about["description"],
        severity=sdk.severity(about.get("level"), _SEVERITIES),
        severity_reported=sdk.text(about.get("level")),
        rule_id=rule,
        rule_name=about["description"],
        description=sdk.text(about.get("rationale")),
        remediation=sdk.text(about.get("remediation")),
        cwes=(1032,),  # every rule of Scout Suite is about a misconfiguration; it names no weakness itself
        locations=(sdk.Location(resource=item),),
        references=sdk.urls(about.get("references")),
        tags=sdk.texts([about.get("service"), about.get("dashboard_name")]),
        target=account,
    )
