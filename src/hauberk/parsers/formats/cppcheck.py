"""Cppcheck: its own XML, with every place that an error involves."""

import re
from html import unescape

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://cppcheck.sourceforge.io/manual.html#severities
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "portability": sdk.Severity.LOW,
    "performance": sdk.Severity.LOW,
    "style": sdk.Severity.LOW,
    "information": sdk.Severity.INFO,
    "debug": sdk.Severity.INFO,
    "none": sdk.Severity.INFO,
}
_ESCAPED = re.compile(r"&#0?39;|&quot;")
_ATTRIBUTES = re.compile(rb"<error\s(?=[^>]*\bid=)(?=[^>]*\bseverity=)[^>]*\bmsg=")


def _is_version_1(probe: sdk.Probe) -> int:
    """Errors stand right below the root, which says nothing of itself."""
    head = probe.xml
    is_listed = head is not None and head.root == "results" and "error" in head.paths
    return 4 if is_listed and _ATTRIBUTES.search(probe.text) else 0


@sdk.parser(
    id="cppcheck-xml",
    scanner="Cppcheck",
    docs="https://cppcheck.sourceforge.io/manual.html#xml-output",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(sdk.XmlRoot("results", "cppcheck", attributes=("version",)), _is_version_1),
    versions="XML version 1 to 3",
)
def cppcheck(report: sdk.Report) -> sdk.Findings:
    """`cppcheck --enable=all --xml . 2> cppcheck.xml`"""
    for node in report.xml("cppcheck", "errors/error", "error"):
        if node.pattern == "cppcheck":
            yield sdk.ReportHeader(tool_version=node.value.get("version"))
        else:
            yield from report.read_one(node, _error)


def _error(error: sdk.XmlElement) -> sdk.Findings:
    """Places stand in the order in which they matter, the error's own first."""
    message, verbose = _plain(error.attrib["msg"]), _plain(error.get("verbose"))
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
    path = error.get("file") or error.get("file0")  # version 1 has no elements for it
    if not places and path:
        places = [sdk.Location(path=path, line=sdk.line(error.get("line")))]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=message,
        severity=sdk.severity(error.attrib.get("severity"), _SEVERITIES),
        severity_reported=error.attrib.get("severity"),
        rule_id=error.attrib["id"],
        description=verbose if verbose not in ("", message) else None,
        cwes=sdk.cwes(error.get("cwe")),
        locations=tuple(places),
        confidence="inconclusive" if error.get("inconclusive") == "true" else None,
        stable_id=error.get("hash") if error.get("hash") not in (None, "0") else None,
    )


def _plain(words: str | None) -> str:
    """Its window of the years before 2017 escaped twice (`&amp;#039;`)."""
    return unescape(words) if words and _ESCAPED.search(words) else words or ""
