"""naabu (ProjectDiscovery): open ports of hosts, as JSON and as CSV."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import open_ports

_DOCS = "https://docs.projectdiscovery.io/opensource/naabu/usage"
_COLUMNS = ("host", "ip", "port", "protocol", "tls")


@sdk.parser(
    id="naabu-json",
    scanner="naabu",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonLineKeys("ip", "port", "protocol", "tls"),
        sdk.JsonLineKeys("host", "ip", "port", "timestamp", absent=("template-id", "type", "url", "input")),
    ),
    items=sdk.JsonLines(),
    repeats_over="hosts and ports",
    versions="2.x, `-json`",
    may_be_blank=True,
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


@sdk.parser(
    id="naabu-csv",
    scanner="naabu",
    title="naabu CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS, "timestamp"),
    items=sdk.CsvRows(*_COLUMNS),
    repeats_over="hosts and ports",
    versions="2.1 and later, `-csv`",
)
def naabu_csv(row: sdk.Row) -> sdk.Findings:
    """`naabu -list hosts.txt -csv -o naabu.csv`"""
    when = row.get("timestamp", "").partition(" +")[0]  # Go prints the zone, which is UTC, twice
    yield open_ports.open_port(
        row["host"] or row["ip"],
        row["port"],
        row["protocol"],
        found_at=when or None,
        evidence="TLS" if row["tls"] == "true" else None,
    )
