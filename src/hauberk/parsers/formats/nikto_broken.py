"""Nikto: its JSON, where redirects and pieces out of place make it none: what it says piece by piece."""

import re
from functools import partial

import msgspec

from hauberk.parsers import sdk
from hauberk.parsers.dialects import nikto

# A host's beginning, or an item that it wrote whole.
_PIECE = re.compile(
    r'"host"\s*:\s*"(?P<host>[^"]*)"\s*,\s*"ip"\s*:\s*"(?P<ip>[^"]*)"\s*,\s*"port"\s*:\s*"?(?P<port>\d*)'
    r'|(?P<item>\{[^{}]{0,4096}"msg"\s*:\s*"(?:[^"\\]|\\.)*+"\s*\})'
)


@sdk.parser(
    id="nikto-json-broken",
    scanner="Nikto",
    title="Nikto JSON, broken",
    docs="https://github.com/sullo/nikto/wiki",
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(
        r'\A\[?\s*\{\s*"id"\s*:', r'"msg"\s*:', r'\}\s*\{\s*"host"\s*:|"vulnerabilities"\s*:\s*\[\s*\\?,'
    ),
    versions="2.5, of sites that redirect",
)
def nikto_broken(report: sdk.Report) -> sdk.Findings:
    """`nikto -h https://app.example -Format json -output nikto.json`; what it found before it told the host is the host's"""
    text = "\n".join(node.value for node in report.lines())
    if not text.rstrip().endswith(("]", "}")):
        raise sdk.ReportError("truncated", "The report ends in the middle; the file was cut off.")
    pieces = [piece.groupdict() for piece in _PIECE.finditer(text)]
    host: dict[str, sdk.Json] = next((piece for piece in pieces if piece["host"] is not None), {})
    yield sdk.ReportHeader(targets=sdk.texts([nikto.site(piece) for piece in pieces if piece["host"]]))
    for piece in pieces:
        if piece["item"] is None:
            host = piece
        else:
            yield from sdk.each([piece["item"]], partial(_item, host), "items")


def _item(host: dict[str, sdk.Json], item: str) -> sdk.Findings:
    yield nikto.item(host, msgspec.json.decode(item))
