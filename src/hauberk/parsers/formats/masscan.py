"""Masscan: open ports of many hosts."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import open_ports

_DOCS = "https://github.com/robertdavidgraham/masscan#how-to-read-the-results"


@sdk.parser(
    id="masscan-json",
    scanner="Masscan",
    title="Masscan JSON",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("item.ip", "item.timestamp", "item.ports.item.port", "item.ports.item.proto"),
    items=sdk.JsonItems("item"),
    repeats_over="hosts and ports",
    versions="1.0 and later, `-oJ`",
    may_be_blank=True,
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


@sdk.parser(
    id="masscan-jsonl",
    scanner="Masscan",
    title="Masscan JSON Lines",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonLineKeys("ip", "timestamp", "port", "proto", "rec_type", "data"),
    items=sdk.JsonLines(),
    repeats_over="hosts and ports",
    versions="1.3 and later, `-oD`",
    may_be_blank=True,
)
def masscan_lines(record: sdk.Json) -> sdk.Findings:
    """`masscan 192.0.2.0/24 -p1-65535 -oD masscan.ndjson`"""
    said = record["data"] or {}
    if said.get("status") in (None, "open"):
        yield open_ports.open_port(
            record["ip"],
            record["port"],
            record.get("proto"),
            found_at=record.get("timestamp"),
            evidence=sdk.text(said.get("banner")),
        )


@sdk.parser(
    id="masscan-list",
    scanner="Masscan",
    title="Masscan list",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(r"\A#masscan\s*$"),
    repeats_over="hosts and ports",
    versions="1.0 and later, `-oL`",
    may_be_blank=True,
)
def masscan_list(report: sdk.Report) -> sdk.Findings:
    """`masscan 192.0.2.0/24 -p1-65535 -oL masscan.txt`"""
    lines = (node for node in report.lines() if str(node.value).startswith("open "))
    yield from report.read(lines, _line)


def _line(line: str) -> sdk.Findings:
    _, protocol, port, host, moment = line.split()[:5]
    yield open_ports.open_port(host, port, protocol, found_at=moment)
