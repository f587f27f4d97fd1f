"""sslscan for people: what it prints of each server."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sslscan

_SERVER = re.compile(r"Testing SSL\S* server (?P<host>\S+) on port (?P<port>\d+).*")
_ENABLED = re.compile(r"(?P<version>SSLv[23]|TLSv1\.[01]) +(?:is )?enabled")
_HEARTBLEED = re.compile(r"TLS[v ](?P<version>1\.\d) vulnerable to heartbleed")
_CIPHER = re.compile(
    r"(?P<status>Preferred|Accepted) +(?P<version>\S+) +(?P<bits>\d+) bits +(?:0x[\dA-F]+ +)?(?P<name>\S+).*"
)
_STRENGTHS = (  # https://github.com/rbsec/sslscan: how it rates a cipher by its name; on the terminal by colours
    ("null", re.compile("NULL")),
    ("anonymous", re.compile("ADH|AECDH|_anon_")),
    ("weak", re.compile("EXP")),
    ("medium", re.compile("RC4|DES|_SM4_|_GOSTR341112_")),
)


@sdk.parser(
    id="sslscan-text",
    scanner="sslscan",
    title="sslscan text",
    docs="https://github.com/rbsec/sslscan",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(
        r"^Testing SSL\S* server \S+ on port \d+",
        r"^ +(?:Supported Server Cipher\(s\)|SSL/TLS Protocols|Heartbleed|TLS renegotiation):",
    ),
    versions="1.11 and later (rbsec)",
)
def sslscan_text(report: sdk.Report) -> sdk.Findings:
    """`sslscan host.example > sslscan.txt`"""
    place: sdk.Location | None = None
    versions: set[str] = set()
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        if server := _SERVER.fullmatch(line):
            place = sdk.Location(host=server["host"], port=sdk.port(server["port"]), protocol="tcp")
            versions = set()
            yield sdk.ReportHeader(targets=(f"{place.host}:{place.port}",))
        elif place is None:
            continue
        elif leaky := _HEARTBLEED.fullmatch(line):
            yield sslscan.heartbleed(f"TLSv{leaky['version']}", place)
        elif line.startswith("Compression enabled"):
            yield sslscan.compression(place)
        elif said := _ENABLED.fullmatch(line) or _CIPHER.fullmatch(line):
            if said["version"] not in versions:  # before version 2, ciphers alone tell which there are
                versions.add(said["version"])
                yield from sslscan.old_version(said["version"], place)
            if said.re is _CIPHER:
                yield from _cipher(said, place)


def _cipher(said: re.Match[str], place: sdk.Location) -> sdk.Findings:
    name = said["name"]
    strength = next((word for word, names in _STRENGTHS if names.search(name)), None)
    if strength:
        status, bits = said["status"].lower(), said["bits"]
        yield sslscan.cipher(name, said["version"], place, bits=bits, strength=strength, status=status)
