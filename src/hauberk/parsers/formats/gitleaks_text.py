"""Gitleaks for people: what version 8 prints of each leak with `-v`."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import leaks

_FIELD = re.compile(
    r"(Finding|Secret|RuleID|Entropy|File|SymlinkFile|Line|Commit|Author|Email|Date|Fingerprint|Link|Tags):(?: +(.*))?"
)
_NAMES = {"Finding": "Match", "Line": "StartLine"}
_COUNTED = re.compile(r".*\bleaks found: [1-9]\d*")
_QUOTED = ("Match", "Secret")


@sdk.parser(
    id="gitleaks-text",
    scanner="Gitleaks",
    title="Gitleaks text",
    docs="https://github.com/gitleaks/gitleaks#usage",
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^Finding: +\S", r"^RuleID: +\S", r"^File: +\S"),
        sdk.TextLines(
            r"\b(?:no leaks found|leaks found: \d)", r"\b(?:\d+ commits scanned|scanned ~\d+ bytes)"
        ),
    ),
    versions="Gitleaks 8 with `-v`",
)
def gitleaks_text(report: sdk.Report) -> sdk.Findings:
    """`gitleaks git -v > gitleaks.txt 2>&1`"""
    said: dict[str, list[str]] = {}
    name, is_counted, is_listed = "", False, False
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        field = _FIELD.fullmatch(line)
        if field and field[1] == "Finding":
            is_listed = True
            yield from _leak(said)
            said = {}
        if field:
            name = _NAMES.get(field[1], field[1])
            said.setdefault(name, [field[2] or ""])
        elif name in _QUOTED:
            said[name].append(line)  # a key may have many lines
        else:
            is_counted = is_counted or bool(_COUNTED.fullmatch(line))
    yield from _leak(said)
    if is_counted and not is_listed:
        raise sdk.ReportError(
            "schema_mismatch",
            "The log counts leaks and lists none; run Gitleaks with -v or let it write a report.",
        )


def _leak(said: dict[str, list[str]]) -> sdk.Findings:
    leak = {name: "\n".join(lines).strip() for name, lines in said.items()}
    if {"RuleID", "File", "Secret"} <= set(leak):
        tags = leaks.words(leak.get("Tags", ""))
        yield leaks.finding({**leak, "Tags": tags})
