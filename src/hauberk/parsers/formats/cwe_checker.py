"""cwe_checker: weaknesses in compiled programs."""

import re

from hauberk.parsers import sdk

_NAMED = re.compile(r"\((?P<name>[^()]+)\) (?P<text>.*)", re.DOTALL)
_ADDRESS = re.compile(r" at (?:0x)?[0-9a-fA-F]+\b")  # `at 0x1040a` which moves with every build


@sdk.parser(
    id="cwe-checker-json",
    scanner="cwe_checker",
    docs="https://github.com/fkie-cad/cwe_checker#how-to-use-cwe_checker",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.addresses", "item.tids", "item.symbols", values={"item.name": r"CWE\d+"}),
        sdk.JsonKeys("binary", "time", "warnings", later=("check_path",)),
    ),
    versions="all; before 0.5 with the program's name around the warnings",
)
def cwe_checker(report: sdk.Report) -> sdk.Findings:
    """`cwe_checker BINARY --json --out cwe_checker.json`"""
    for node in report.json("binary"):
        yield sdk.ReportHeader(targets=sdk.texts(node.value))
    yield from report.read(report.json("item", "warnings.item"), _warning)


def _warning(warning: sdk.Json) -> sdk.Findings:
    named = _NAMED.match(warning["description"])
    symbols, addresses = sdk.texts(warning.get("symbols")), sdk.texts(warning.get("addresses"))
    place = sdk.Location(
        symbol=", ".join(symbols) or None,
        snippet=_ADDRESS.sub("", named["text"]) if named else None,
        evidence=", ".join(addresses) or None,
    )
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=f"{named['name']}: {', '.join(symbols)}" if named and symbols else warning["name"],
        severity=sdk.Severity.MEDIUM,  # cwe_checker rates nothing
        rule_id=warning["name"],
        rule_name=named["name"] if named else None,
        description=named["text"] if named else warning["description"],
        cwes=sdk.cwes(warning["name"]),
        locations=(place,) if symbols or addresses else (),
        tags=sdk.texts(warning.get("other")),
    )
