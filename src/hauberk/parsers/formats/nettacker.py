"""OWASP Nettacker: what its modules found on hosts and ports."""

from hauberk.parsers import sdk


@sdk.parser(
    id="nettacker-json",
    scanner="Nettacker",
    docs="https://github.com/OWASP/Nettacker/wiki/Usage",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("item.module_name", "item.target", "item.event", "item.port"),
    items=sdk.JsonItems("item"),
    versions="0.3 and later",
)
def nettacker(event: sdk.Json) -> sdk.Findings:
    """`nettacker -i host.example -m all -o nettacker.json`"""
    module, target = event["module_name"], event["target"]
    port = sdk.integer(event.get("port"), minimum=1, maximum=65535)
    is_known = module.endswith("_vuln")
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{module}: {target}" + (f":{port}" if port else ""),
        severity=sdk.Severity.UNKNOWN if is_known else sdk.Severity.INFO,  # it rates nothing
        rule_id=module,
        description=sdk.text(event.get("event")),
        identifiers=sdk.identifiers(module.replace("_", "-")),
        locations=(sdk.Location(host=target, port=port, evidence=sdk.text(event.get("event"))),),
        target=target,
        found_at=sdk.timestamp(event.get("date")),
    )
