"""One checkpoint of Dockle, by the names of its JSON."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/goodwithtech/dockle#checkpoint-summary
    "fatal": sdk.Severity.HIGH,
    "warn": sdk.Severity.MEDIUM,
    "info": sdk.Severity.LOW,
}
_CHECKPOINTS = "https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md#"


def findings(check: sdk.Json) -> sdk.Findings:
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
