"""APKLeaks: addresses, endpoints and secrets in Android packages."""

from functools import partial

from hauberk.parsers import sdk


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
    """One for each match. `LinkFinder` names addresses, which are no secrets."""
    name = result["name"]
    is_address = name in ("LinkFinder", "IP_Address", "JSON_Web_Token_Link")
    for match in sdk.texts(result["matches"]):
        yield sdk.ReportedFinding(
            kind=sdk.SAST if is_address else sdk.SECRET,
            title=f"{name.replace('_', ' ')} in {package}" if package else name,
            severity=sdk.Severity.MEDIUM,  # APKLeaks rates nothing
            rule_id=name,
            locations=(sdk.Location(resource=package, evidence=match if is_address else None),),
            components=(sdk.Component(name=package),) if package else (),
            secret=None if is_address else match,
        )
