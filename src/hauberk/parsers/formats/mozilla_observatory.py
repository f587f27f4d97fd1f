"""Mozilla Observatory: tests of a site's headers. A passed test is reported as such: suppressed, for the record."""

from functools import partial

from hauberk.parsers import sdk

_FLOORS: sdk.Floors = (  # https://developer.mozilla.org/observatory/docs/tests_and_scoring: points that a test takes away
    (0, sdk.Severity.INFO),
    (-19, sdk.Severity.LOW),
    (-49, sdk.Severity.MEDIUM),
    (-1000, sdk.Severity.HIGH),
)


@sdk.parser(
    id="mozilla-observatory-json",
    scanner="Mozilla Observatory",
    docs="https://github.com/mdn/mdn-http-observatory#readme",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("scan.scan_id", "scan.grade", "tests.*.score_modifier"),
        sdk.JsonKeys("scan.algorithmVersion", "tests.*.scoreModifier"),
        sdk.JsonKeys("*.expectation", "*.score_modifier", "*.score_description"),
    ),
    versions="the command-line clients of the first and the second Observatory, and the API's `getScanResults`",
)
def mozilla_observatory(report: sdk.Report) -> sdk.Findings:
    """`mdn-http-observatory-scan app.example > observatory.json`, formerly `observatory --format json app.example`"""
    document = report.document()
    scan = document.get("scan") or {}
    host = sdk.first(scan.get("hostname"), document.get("target"))
    yield sdk.ReportHeader(
        asset=host,
        scanned_at=sdk.timestamp(scan.get("end_time") or scan.get("scannedAt")),
        targets=sdk.texts(host),
    )
    tests = document.get("tests", document)
    yield from sdk.each(tests.items(), partial(_test, host), "tests")


def _test(host: str | None, named: tuple[str, sdk.Json]) -> sdk.Findings:
    name, said = named
    points = sdk.integer(said.get("score_modifier", said.get("scoreModifier")), minimum=-1000)
    is_passed = said["pass"] is True
    title = sdk.plain(said.get("score_description") or said.get("scoreDescription") or said.get("result"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=title or name,
        severity=sdk.Severity.INFO if is_passed else sdk.severity_of_points(points, _FLOORS),
        severity_reported=sdk.text(points),
        rule_id=sdk.text(said.get("name")) or name,
        rule_name=sdk.text(said.get("result")),
        description=sdk.text(said.get("expectation")),
        remediation=sdk.plain(said.get("recommendation")),
        locations=(sdk.at_url(f"https://{host}"),) if host else (),
        suppression=sdk.suppression(is_passed, justification="passed"),
        target=host,
    )
