"""Wfuzz: a fuzzer of web servers; what answered, as JSON and CSV."""

from typing import Any

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

_DOCS = "https://wfuzz.readthedocs.io/en/latest/user/basicusage.html#wfuzz-output"
# It is run for what should not answer: what gives itself away counts most, then what is there and refuses.
_SEVERITIES = {2: sdk.Severity.HIGH, 3: sdk.Severity.LOW, 4: sdk.Severity.MEDIUM, 5: sdk.Severity.LOW}
_COLUMNS = ("id", "response", "lines", "word", "chars", "request", "success")


@sdk.parser(
    id="wfuzz-json",
    scanner="Wfuzz",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("item.chars", "item.code", "item.lines", "item.payload", "item.url", "item.words"),
    items=sdk.JsonItems("item"),
    versions="2.4 and later, printer json",
)
def wfuzz(result: sdk.Json) -> sdk.Findings:
    """`wfuzz -o json -f wfuzz.json,json -w words.txt --hc 404 https://app.example/FUZZ`"""
    yield _answer(
        result["url"],
        result["code"],
        size=result.get("chars"),
        redirect=result.get("location"),
        method=sdk.text(result.get("method")),
        evidence=sdk.text(result.get("payload")),
    )


@sdk.parser(
    id="wfuzz-csv",
    scanner="Wfuzz",
    title="Wfuzz CSV",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="printer csv",
)
def wfuzz_csv(row: sdk.Row) -> sdk.Findings:
    """`wfuzz -o csv -f wfuzz.csv,csv -w words.txt --hc 404 https://app.example/FUZZ`; it says the words, no address"""
    if row["success"] != "0":
        yield _answer(row["request"], row["response"], size=row["chars"])


def _answer(found: str, code: sdk.Json, **more: Any) -> sdk.ReportedFinding:
    severity = _SEVERITIES.get((sdk.integer(code) or 0) // 100, sdk.Severity.INFO)
    return replace(found_paths.answer(found, code, **more), severity=severity, cwes=(200,))
