"""dirsearch: paths of a web server, guessed from word lists."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths


@sdk.parser(
    id="dirsearch-json",
    scanner="dirsearch",
    docs="https://github.com/maurosoria/dirsearch#reports",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("info.args", "info.time", "results"),
    items=sdk.JsonItems("results.item"),
    header={"scanned_at": "info.time"},
    versions="0.4.2 and later",
)
def dirsearch(result: sdk.Json) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=json -o dirsearch.json`"""
    yield found_paths.answer(
        result["url"], result["status"], size=result.get("content-length"), redirect=result.get("redirect")
    )
