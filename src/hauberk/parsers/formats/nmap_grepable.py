"""Nmap's grepable output: a line for each host, with its ports."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import nmap

_HOST = re.compile(r"Host: (?P<address>\S+) \((?P<name>[^)\t]*)\)\t(?P<rest>.*)")
_PORT = re.compile(
    r"(?P<number>\d{1,5})/(?P<state>[\w|]+)/(?P<protocol>\w+)/[^/]*/(?P<service>[^/]*)/[^/]*/(?P<version>[^/]*)/"
)


@sdk.parser(
    id="nmap-grepable",
    scanner="Nmap",
    title="Nmap grepable",
    docs="https://nmap.org/book/output-formats-grepable-output.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"\A# Nmap \S+ scan initiated [^\n]* -o[GA] [^\n]*\n# "),
        sdk.TextLines(r"\A# Nmap \S+ scan initiated", r"^Host: \S+ \([^)\t]*\)\t(?:Status|Ports): "),
    ),
    versions="all, `-oG`",
)
def nmap_grepable(report: sdk.Report) -> sdk.Findings:
    """`nmap -sV -oG nmap.gnmap host.example`; what scripts found is only in the XML (`-oX`)"""
    for node in report.lines():
        host = _HOST.match(node.value)
        if host:
            name = host["name"] or host["address"]
            place = sdk.Location(host=name, host_ids=sdk.machine(host["address"]))
            yield sdk.ReportHeader(targets=sdk.texts(name))
            for port in _PORT.finditer(host["rest"].partition("Ports: ")[2].partition("\t")[0]):
                if port["state"] == "open":
                    yield _open(place, port)


def _open(machine: sdk.Location, port: re.Match[str]) -> sdk.ReportedFinding:
    """A slash in what a service said of itself was written as a bar."""
    said = sdk.texts([port["service"].replace("|", "/"), port["version"].replace("|", "/")])
    return nmap.open_port(nmap.at_port(machine, port["number"], port["protocol"]), " ".join(said) or None)
