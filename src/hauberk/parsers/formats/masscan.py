"""Masscan: open ports of many hosts."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import open_ports


@sdk.parser(
    id="masscan-json",
    scanner="Masscan",
    docs="https://github.com/robertdavidgraham/masscan#how-to-read-the-results",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("item.ip", "item.timestamp", "item.ports.item.port", "item.ports.item.proto"),
    items=sdk.JsonItems("item"),
    repeats_over="hosts and ports",
    versions="1.0 and later, `-oJ`",
)
def masscan(record: sdk.Json) -> sdk.Findings:
    """`masscan 192.0.2.0/24 -p1-65535 -oJ masscan.json`"""
    for port in record["ports"]:
        banner = sdk.text(sdk.pick(port, "service.banner"))
        if port.get("status") in (None, "open"):
            yield open_ports.open_port(
                record["ip"],
                port["port"],
                port.get("proto"),
                found_at=record.get("timestamp"),
                evidence=banner,
            )
