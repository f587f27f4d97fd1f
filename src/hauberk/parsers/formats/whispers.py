"""Whispers: hard-coded secrets in structured text such as YAML, JSON and properties."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

# Rules up to version 2.1 use these, in capitals; later ones say Critical to Info and mean it.
_SEVERITIES: sdk.Scale = {
    "blocker": sdk.Severity.CRITICAL,
    "critical": sdk.Severity.HIGH,
    "major": sdk.Severity.MEDIUM,
    "minor": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
}


@sdk.parser(
    id="whispers-json",
    scanner="Whispers",
    docs="https://github.com/adeptex/whispers#command-line",
    kinds=[sdk.SECRET],
    sniff=sdk.JsonKeys("item.key", "item.value", "item.file", "item.line", "item.rule_id"),
    items=sdk.JsonItems("item"),
)
def whispers(result: sdk.Json) -> sdk.Findings:
    """`whispers --output whispers.json src`"""
    path, word = result["file"], sdk.text(result.get("severity"))
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{sdk.text(result.get('message')) or result['rule_id']} “{result['key']}” in {path}",
        severity=sdk.severity(word, _SEVERITIES if word and word.isupper() else None),
        severity_reported=word,
        rule_id=result["rule_id"],
        cwes=secrets.CWES,
        locations=(
            sdk.Location(path=path, line=sdk.line(result.get("line")), symbol=sdk.text(result["key"])),
        ),
        secret=secrets.value_of(result["value"]),
    )
