"""APKLeaks: addresses, endpoints and secrets in Android packages."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import apkleaks as dialect


@sdk.parser(
    id="apkleaks-json",
    scanner="APKLeaks",
    docs="https://github.com/dwisiswant0/apkleaks#usage",
    kinds=[sdk.SECRET, sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("package", "results.item.name", "results.item.matches"),
        sdk.JsonKeys("package", empty=("results",)),
    ),
    versions="2.0 and later, with `--json`",
)
def apkleaks(report: sdk.Report) -> sdk.Findings:
    """`apkleaks -f app.apk --json -o apkleaks.json`"""
    package = next((sdk.text(node.value) for node in report.json("package")), None)
    yield sdk.ReportHeader(asset=package)
    results = report.json("results.item", required="results.item")
    yield from report.read(results, partial(_pattern, package))


def _pattern(package: str | None, result: sdk.Json) -> sdk.Findings:
    for match in sdk.texts(result["matches"]):
        yield dialect.finding(package, result["name"], match)
