"""Lynis: the hardening of a Unix host, as its report.dat says."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://cisofy.com/documentation/lynis/: warnings need attention, suggestions are advice
    "warning": sdk.Severity.MEDIUM,
    "suggestion": sdk.Severity.LOW,
    "vulnerable_package": sdk.Severity.HIGH,
}
_HEADER = ("hostname", "lynis_version", "report_datetime_end", "finish")


@sdk.parser(
    id="lynis-report",
    scanner="Lynis",
    docs="https://cisofy.com/documentation/lynis/#reports",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(r"lynis_version=.*", r"report_version_major=\d+"),
    versions="2 and 3",
)
def lynis(report: sdk.Report) -> sdk.Findings:
    """`lynis audit system`; the report is `/var/log/lynis-report.dat`"""
    said: dict[str, str] = {}
    for node in report.lines():
        name, _, value = node.value.partition("=")
        kind = name.removesuffix("[]")
        if name in _HEADER:
            said[name] = value
        elif kind in _SEVERITIES and kind != name:
            yield _finding(kind, value, said.get("hostname"))
    if "finish" not in said:
        yield sdk.ItemProblem(position="end", reason="the report has no “finish=true”: it was cut off")
    yield sdk.ReportHeader(
        is_partial="finish" not in said,
        asset=said.get("hostname"),
        tool_version=said.get("lynis_version"),
        scanned_at=sdk.timestamp(said.get("report_datetime_end")),
    )


def _finding(kind: str, value: str, host: str | None) -> sdk.ReportedFinding:
    """`TEST-ID|what|detail|solution|`; a minus stands for nothing."""
    parts = [None if part in ("", "-") else part for part in value.split("|")]
    test, title, detail, solution = [*parts, None, None, None, None][:4]
    is_package = kind == "vulnerable_package"
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{test} is vulnerable" if is_package else title or test or value,
        severity=sdk.severity(kind, _SEVERITIES),
        severity_reported=kind,
        rule_id=f"vulnerable-package:{test}" if is_package else test,
        description=detail,
        remediation=solution,
        locations=(sdk.Location(host=host, resource=detail or title),),  # a test may suggest several settings
        components=(sdk.Component(name=test, version=title),) if is_package and test else (),
        references=(f"https://cisofy.com/lynis/controls/{test}/",) if test and not is_package else (),
        target=host,
    )
