"""cwe_checker: weaknesses in compiled programs."""

import re

from hauberk.parsers import sdk

_NAMED = re.compile(r"\((?P<name>[^()]+)\) (?P<text>.*)", re.DOTALL)
_ADDRESS = re.compile(r" at (?:0x)?[0-9a-fA-F]+\b")


@sdk.parser(
    id="cwe-checker-json",
    scanner="cwe_checker",
    docs="https://github.com/fkie-cad/cwe_checker#how-to-use-cwe_checker",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.addresses", "item.tids", "item.symbols", values={"item.name": r"CWE\d+"}),
    items=sdk.JsonItems("item"),
)
def cwe_checker(warning: sdk.Json) -> sdk.Findings:
    """`cwe_checker BINARY --json --out cwe_checker.json`"""
    named = _NAMED.match(warning["description"])
    symbols, addresses = sdk.texts(warning.get("symbols")), sdk.texts(warning.get("addresses"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=f"{named['name']}: {', '.join(symbols)}" if named and symbols else warning["name"],
        severity=sdk.Severity.MEDIUM,  # cwe_checker rates nothing
        rule_id=warning["name"],
        rule_name=named["name"] if named else None,
        description=named["text"] if named else warning["description"],
        cwes=sdk.cwes(warning["name"]),
        locations=(
            sdk.Location(
                symbol=", ".join(symbols) or None,
                snippet=_ADDRESS.sub("", named["text"]) if named else None,
                evidence=", ".join(addresses) or None,
            ),
        )
        if symbols or addresses
        else (),
        tags=sdk.texts(warning.get("other")),
    )
