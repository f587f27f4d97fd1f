"""Dockle: container images against the CIS Docker benchmark and Dockerfile practice."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/goodwithtech/dockle#checkpoint-summary
    "fatal": sdk.Severity.HIGH,
    "warn": sdk.Severity.MEDIUM,
    "info": sdk.Severity.LOW,
}
_CHECKPOINTS = "https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md#"


@sdk.parser(
    id="dockle-json",
    scanner="Dockle",
    docs="https://github.com/goodwithtech/dockle#get-or-save-the-results-as-json",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("summary.fatal", "summary.warn", "summary.pass", later=("details",)),
        sdk.JsonKeys("details.item.code", "details.item.level", "details.item.alerts"),
    ),
    items=sdk.JsonItems("details.item"),
    header={"asset": "image"},
    versions="0.1 and later, with and without the image's name",
)
def dockle(check: sdk.Json) -> sdk.Findings:
    """`dockle -f json -o dockle.json IMAGE`"""
    if check["level"].lower() not in _SEVERITIES:  # passed, skipped, or named in .dockleignore
        return
    alerts = sdk.texts(check.get("alerts") or ())
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=check["title"],
        severity=sdk.severity(check.get("level"), _SEVERITIES),
        severity_reported=sdk.text(check.get("level")),
        rule_id=check["code"],
        rule_name=check["title"],
        description="\n".join(alerts) or None,
        locations=tuple(sdk.Location(evidence=alert) for alert in alerts),
        references=(_CHECKPOINTS + check["code"].lower(),),
    )
