"""naabu (ProjectDiscovery): open ports of hosts."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import open_ports


@sdk.parser(
    id="naabu-json",
    scanner="naabu",
    docs="https://docs.projectdiscovery.io/opensource/naabu/usage",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonLineKeys("ip", "port", "protocol", "tls"),
        sdk.JsonLineKeys("host", "ip", "port", "timestamp", absent=("template-id", "type", "url", "input")),
    ),
    items=sdk.JsonLines(),
    repeats_over="hosts and ports",
    versions="2.x, `-json`",
)
def naabu(result: sdk.Json) -> sdk.Findings:
    """`naabu -list hosts.txt -json -o naabu.json`"""
    port = result["port"]
    number = port.get("Port") if isinstance(port, dict) else port  # 2.0 nested it
    yield open_ports.open_port(
        sdk.text(result.get("host")) or result["ip"],
        number,
        result.get("protocol"),
        found_at=result.get("timestamp"),
        evidence="TLS" if result.get("tls") is True else None,
    )
