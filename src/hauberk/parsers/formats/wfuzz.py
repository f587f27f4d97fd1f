"""Wfuzz: a fuzzer of web servers; what answered."""

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

# It is run for what should not answer: what gives itself away counts most, then what is there and refuses.
_SEVERITIES = {2: sdk.Severity.HIGH, 3: sdk.Severity.LOW, 4: sdk.Severity.MEDIUM, 5: sdk.Severity.LOW}


@sdk.parser(
    id="wfuzz-json",
    scanner="Wfuzz",
    docs="https://wfuzz.readthedocs.io/en/latest/user/basicusage.html#wfuzz-output",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("item.chars", "item.code", "item.lines", "item.payload", "item.url", "item.words"),
    items=sdk.JsonItems("item"),
    versions="2.4 and later, printer json",
)
def wfuzz(result: sdk.Json) -> sdk.Findings:
    """`wfuzz -o json -f wfuzz.json,json -w words.txt --hc 404 https://app.example/FUZZ`"""
    found = found_paths.answer(
        result["url"],
        result["code"],
        size=result.get("chars"),
        redirect=result.get("location"),
        method=sdk.text(result.get("method")),
        evidence=sdk.text(result.get("payload")),
    )
    severity = _SEVERITIES.get((sdk.integer(result["code"]) or 0) // 100, sdk.Severity.INFO)
    yield replace(found, severity=severity, cwes=(200,))
