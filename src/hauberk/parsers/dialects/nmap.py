"""An open port as Nmap tells it, whichever of its reports it stands in."""

from msgspec.structs import replace

from hauberk.parsers import sdk


def at_port(machine: sdk.Location, number: str, protocol: str) -> sdk.Location:
    return replace(machine, port=sdk.port(number), protocol=protocol)


def open_port(
    place: sdk.Location, description: str | None, components: tuple[sdk.Component, ...] = ()
) -> sdk.ReportedFinding:
    """`description` is what the service says of itself."""
    port, protocol = place.port, place.protocol
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"Open port: {port}/{protocol}",
        severity=sdk.Severity.INFO,
        rule_id=f"open-port-{port}-{protocol}",
        description=description,
        locations=(place,),
        components=components,
        target=place.host,
    )
