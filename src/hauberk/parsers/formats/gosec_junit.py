"""gosec as results of tests: a suite is what was found, its cases are the files."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_TOLD = re.compile(
    r"\[(?P<file>.+):(?P<first>\d+)(?:-(?P<last>\d+))?\] - (?P<details>.+)"
    r" \(Confidence: (?P<confidence>\d), Severity: (?P<severity>\d)(?:, CWE: (?P<cwe>\d*))?\)",
    re.DOTALL,
)
_QUOTED = re.compile(r"^(?:> )?(?P<number>\d{1,9}): ?(?P<text>.*)$", re.MULTILINE)
_LEVELS = ("LOW", "MEDIUM", "HIGH")  # gosec's issue.Score, written as a number


@sdk.parser(
    id="gosec-junit-xml",
    scanner="gosec",
    title="gosec JUnit",
    docs="https://github.com/securego/gosec#output-formats",
    kinds=[sdk.SAST],
    sniff=junit.sniff(says=r"Results:(?:\s|&#xA;)+\[[^\]]+\] - .+ \(Confidence: \d, Severity: \d"),
    versions="2",
)
def gosec_junit(report: sdk.Report) -> sdk.Findings:
    """`gosec -fmt=junit-xml -out=gosec.xml ./...`; the file does not name the rules"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    for _, full in junit.failures(case):
        told = _TOLD.search(full)
        if told is None:
            raise sdk.UnreadableItem(f"{full[:80]!r} tells no result")
        word, confidence = (_LEVELS[min(int(told[key]), 2)] for key in ("severity", "confidence"))
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=told["details"],
            severity=sdk.severity(word),
            severity_reported=word,
            rule_id=told["details"],
            cwes=sdk.cwes(told["cwe"]),
            locations=(
                sdk.Location(
                    path=told["file"],
                    line=sdk.line(told["first"]),
                    end_line=sdk.line(told["last"]),
                    snippet=_snippet(
                        full[told.end() :], int(told["first"]), int(told["last"] or told["first"])
                    ),
                ),
            ),
            confidence=confidence,
        )


def _snippet(code: str, first: int, last: int) -> str | None:
    """The reported lines out of their numbered surroundings."""
    lines = [line["text"] for line in _QUOTED.finditer(code) if first <= int(line["number"]) <= last]
    return "\n".join(lines) or None
