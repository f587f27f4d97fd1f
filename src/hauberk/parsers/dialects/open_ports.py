"""What port scanners report: a port that accepts connections."""

from hauberk.parsers import sdk


def open_port(
    host: sdk.Json,
    port: sdk.Json,
    protocol: sdk.Json,
    *,
    found_at: sdk.Json = None,
    evidence: str | None = None,
) -> sdk.ReportedFinding:
    number, spoken = sdk.port(port), sdk.text(protocol) or "tcp"
    if number is None:
        raise sdk.UnreadableItem(f"{port!r} is no port")
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"Open port: {number}/{spoken} on {host}",
        severity=sdk.Severity.INFO,
        rule_id=f"open-port-{number}-{spoken}",
        locations=(sdk.Location(host=host, port=number, protocol=spoken, evidence=evidence),),
        target=sdk.text(host),
        found_at=sdk.timestamp(found_at),
    )
