"""Cppcheck: its own XML, with every place that an error involves."""

from hauberk.parsers import sdk

# https://cppcheck.sourceforge.io/manual.html#severities
_SCALE: sdk.Scale = {
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "portability": sdk.Severity.LOW,
    "performance": sdk.Severity.LOW,
    "style": sdk.Severity.LOW,
    "information": sdk.Severity.INFO,
    "debug": sdk.Severity.INFO,
    "none": sdk.Severity.INFO,
}


@sdk.parser(
    id="cppcheck-xml",
    scanner="Cppcheck",
    docs="https://cppcheck.sourceforge.io/manual.html#xml-output",
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("results", "cppcheck", attributes=("version",)),
    versions="XML version 2 and 3",
)
def cppcheck(report: sdk.Report) -> sdk.Findings:
    """`cppcheck --enable=all --xml . 2> cppcheck.xml`"""
    for node in report.xml("cppcheck", "errors/error"):
        if node.pattern == "cppcheck":
            yield sdk.ReportHeader(tool_version=node.value.get("version"))
        else:
            yield from report.read_one(node, _error)


def _error(error: sdk.XmlElement) -> sdk.Findings:
    """Places stand in the order in which they matter, the error's own first."""
    message, verbose = error.attrib["msg"], error.get("verbose")
    places = [
        sdk.Location(
            path=at.attrib.get("file"),
            line=sdk.line(at.get("line")),
            column=sdk.line(at.get("column")),
            symbol=sdk.text(error.findtext("{*}symbol")),
            evidence=sdk.text(at.get("info")),
        )
        for at in error.iterfind("{*}location")
    ]
    if not places and error.get("file0"):
        places = [sdk.Location(path=error.get("file0"))]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=message,
        severity=sdk.severity(error.attrib.get("severity"), _SCALE),
        severity_reported=error.attrib.get("severity"),
        rule_id=error.attrib["id"],
        description=verbose if verbose != message else None,
        cwes=sdk.cwes(error.get("cwe")),
        locations=tuple(places),
        confidence="inconclusive" if error.get("inconclusive") == "true" else None,
        stable_id=error.get("hash") if error.get("hash") not in (None, "0") else None,
    )
