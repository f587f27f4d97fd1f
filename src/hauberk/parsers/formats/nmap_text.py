"""Nmap's normal output, as it stands on the screen: hosts, their ports, and what the script `vulners` says of those."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import nmap, vulners

_HOST = re.compile(r"Nmap scan report for (?:(?P<name>\S+) \((?P<address>[\da-fA-F.:]+)\)|(?P<only>\S+))\s*")
_PORT = re.compile(r"(?P<number>\d{1,5})/(?P<protocol>tcp|udp|sctp)\s+open\s+(?P<service>\S.*)?")
_PRODUCT = re.compile(r"\|_?\s+(cpe:/\S+?):?\s*")  # `|   cpe:/a:openbsd:openssh:7.4:`
_KNOWN = re.compile(r"\|_?\s+(?P<name>[A-Z]\S+)\t(?P<said>\d+(?:\.\d+)?\thttps?://.*)")


@sdk.parser(
    id="nmap-text",
    scanner="Nmap",
    title="Nmap normal output",
    docs="https://nmap.org/book/output-formats-normal-output.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(r"^(?:# |Starting )Nmap \d\S* ", r"^Nmap scan report for \S+"),
    versions="5 and later",
)
def nmap_text(report: sdk.Report) -> sdk.Findings:
    """`nmap -sV -oN nmap.txt host.example`; what other scripts found is only in the XML (`-oX`)"""
    place, product = sdk.Location(), ""
    for node in report.lines():
        if host := _HOST.fullmatch(node.value):
            name, address = host["name"] or host["only"], host["address"] or host["only"]
            place = sdk.Location(host=name, host_ids=sdk.machine(address))
            yield sdk.ReportHeader(targets=sdk.texts(name))
        elif (port := _PORT.fullmatch(node.value.rstrip())) and place.host:
            place = nmap.at_port(place, port["number"], port["protocol"])
            yield nmap.open_port(place, " ".join((port["service"] or "").split()) or None)
        elif named := _PRODUCT.fullmatch(node.value):
            product = named[1]
        elif (known := _KNOWN.match(node.value)) and place.host:
            yield vulners.finding(product, known["name"], known["said"].strip().split("\t"), place)
