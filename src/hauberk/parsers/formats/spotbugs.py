"""SpotBugs (and FindBugs before it), with its plug-ins: bugs in compiled Java and Kotlin."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

# https://spotbugs.readthedocs.io/en/latest/filter.html#confidence: 1 high, 2 normal, 3 low, 4 experimental, 5 ignored
_SEVERITIES: sdk.Scale = {
    "1": sdk.Severity.HIGH,
    "2": sdk.Severity.MEDIUM,
    "3": sdk.Severity.LOW,
    "4": sdk.Severity.INFO,
    "5": sdk.Severity.INFO,
    "normal": sdk.Severity.MEDIUM,  # the others are said in common words
    "exp": sdk.Severity.INFO,
    "ignore": sdk.Severity.INFO,
}


@sdk.parser(
    id="spotbugs-xml",
    scanner="SpotBugs",
    docs="https://spotbugs.readthedocs.io/en/latest/running.html",
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("BugCollection", attributes=("version",)),
    versions="FindBugs 3, SpotBugs 3 and 4; the Maven plug-in's own `spotbugs.xml`",
)
def spotbugs(report: sdk.Report) -> sdk.Findings:
    """`spotbugs -textui -xml:withMessages -output spotbugs.xml app.jar`, or the Maven and Gradle plug-ins' XML"""
    about = report.xml_root().attributes
    yield sdk.ReportHeader(
        tool_version=about.get("version"),
        scanned_at=sdk.timestamp(about.get("analysisTimestamp") or about.get("timestamp")),
    )
    details = {
        node.value.get("type"): sdk.plain(node.value.findtext("{*}Details"))
        for node in report.xml("BugPattern")
    }
    yield from report.read(report.xml("BugInstance"), partial(_bug, details))
    yield from report.read(report.xml("file"), _by_class)


def _by_class(file: sdk.XmlElement) -> sdk.Findings:
    """The Maven plug-in's own `spotbugs.xml`: the bugs of a class, each with a line or -1."""
    name = file.get("classname")
    for bug in file.iterfind("{*}BugInstance"):
        kind = bug.attrib["type"]
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=kind,
            severity=sdk.severity(bug.get("priority"), _SEVERITIES),
            severity_reported=bug.get("priority"),
            rule_id=kind,
            description=sdk.text(bug.get("message")),
            locations=(sdk.Location(path=name, line=sdk.line(bug.get("lineNumber")), symbol=name),),
            tags=sdk.texts([bug.get("category")]),
        )


def _bug(details: dict[str | None, str | None], bug: sdk.XmlElement) -> sdk.Findings:
    kind = bug.attrib["type"]
    title, message = sdk.text(bug.findtext("{*}ShortMessage")), sdk.text(bug.findtext("{*}LongMessage"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=title or kind,
        severity=sdk.severity(bug.attrib.get("priority"), _SEVERITIES),
        severity_reported=bug.attrib.get("priority"),
        rule_id=kind,
        rule_name=title,
        description=sdk.paragraphs(message, details.get(kind)),
        cwes=sdk.cwes(bug.get("cweid")),
        locations=tuple(_locations(bug)),
        tags=sdk.texts([bug.get("category"), f"rank {bug.get('rank')}" if bug.get("rank") else None]),
        stable_id=bug.get("instanceHash"),
    )


def _locations(bug: sdk.XmlElement) -> Iterator[sdk.Location]:
    """The first line that the bug itself names, else that of its method or class; then the others."""
    own = bug.findall("{*}SourceLine")
    lines = own or bug.findall("{*}Method/{*}SourceLine")[:1] or bug.findall("{*}Class/{*}SourceLine")[:1]
    method = bug.find("{*}Method")
    symbol = None if method is None else f"{method.get('classname')}.{method.get('name')}"
    for line in sorted(lines, key=lambda line: line.get("primary") != "true"):
        yield sdk.Location(
            path=line.get("sourcepath") or line.get("sourcefile") or line.get("classname"),
            line=sdk.line(line.get("start")),
            end_line=sdk.line(line.get("end")),
            symbol=symbol,
        )
