"""CloudSploit: accounts of AWS, Azure, Google Cloud and Oracle against security practice."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://github.com/aquasecurity/cloudsploit#cloudsploit-scanning-standards: a result's status
    "fail": sdk.Severity.CRITICAL,
    "warn": sdk.Severity.MEDIUM,
    "unknown": sdk.Severity.LOW,
    "ok": sdk.Severity.INFO,
}


@sdk.parser(
    id="cloudsploit-json",
    scanner="CloudSploit",
    docs="https://github.com/aquasecurity/cloudsploit#cli-options",
    kinds=[sdk.CLOUD],
    sniff=sdk.JsonKeys("item.plugin", "item.category", "item.status", "item.resource", "item.message"),
    items=sdk.JsonItems("item"),
)
def cloudsploit(result: sdk.Json) -> sdk.Findings:
    """`./index.js --config config.js --json cloudsploit.json`"""
    resource = sdk.text(result.get("resource"))
    named = resource if resource and resource != "N/A" else None
    place = named or "/".join(sdk.texts([result.get("region"), result["plugin"]]))
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=result["title"],
        severity=sdk.severity(result["status"], _SEVERITIES),
        severity_reported=sdk.text(result["status"]),
        rule_id=result["plugin"],
        rule_name=result["title"],
        description="\n\n".join(sdk.texts([result.get("message"), result.get("description")])) or None,
        locations=(sdk.Location(resource=place, evidence=sdk.text(result.get("message"))),),
        components=(sdk.Component(name=named),) if named else (),
        tags=sdk.texts([result.get("category"), result.get("region")]),
        suppression=sdk.Suppression(justification="The check passed.") if result["status"] == "OK" else None,
    )
