"""What one event of Nettacker says, in its words of today and of before version 0.3."""

from hauberk.parsers import sdk


def before(event: sdk.Json) -> sdk.ReportedFinding:
    """A login that was guessed is told apart from the description; the password is only ever hashed."""
    login = sdk.text(event.get("USERNAME"))
    said = {
        "module_name": event["TYPE"],
        "target": event["HOST"],
        "port": event.get("PORT"),
        "date": event.get("TIME"),
        "event": sdk.paragraphs(event.get("DESCRIPTION"), f"login: {login}" if login else None),
    }
    return event_of(said, secret=sdk.text(event.get("PASSWORD")))


def event_of(event: sdk.Json, secret: str | None = None) -> sdk.ReportedFinding:
    module, target = event["module_name"], event["target"]
    port = sdk.port(event.get("port"))
    is_known = module.endswith("_vuln")
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{module}: {target}" + (f":{port}" if port else ""),
        severity=sdk.Severity.UNKNOWN if is_known else sdk.Severity.INFO,  # it rates nothing
        rule_id=module,
        description=sdk.text(event.get("event")),
        identifiers=sdk.identifiers(module.replace("_", "-")),
        locations=(sdk.Location(host=target, port=port, evidence=sdk.text(event.get("event"))),),
        target=target,
        found_at=sdk.timestamp(event.get("date")),
        secret=secret,
    )
