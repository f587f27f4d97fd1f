"""Semgrep as results of tests."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit, semgrep


@sdk.parser(
    id="semgrep-junit-xml",
    scanner="Semgrep",
    title="Semgrep JUnit",
    docs="https://semgrep.dev/docs/cli-reference",
    kinds=[sdk.SAST],
    sniff=junit.sniff(says=r'<testsuite [^>]*name="semgrep results"'),
    versions="0.20 and later",
)
def semgrep_junit(report: sdk.Report) -> sdk.Findings:
    """`semgrep scan --junit-xml --output semgrep.xml`"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    for failure in case.iterchildren("{*}failure"):
        rule, word, line = case.attrib["name"], sdk.text(failure.get("type")), sdk.line(case.get("line"))
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=rule.rsplit(".", 1)[-1],
            severity=sdk.severity(word, semgrep.SEVERITIES),
            severity_reported=word,
            rule_id=rule,
            description=sdk.text(failure.get("message")),
            locations=(
                sdk.Location(
                    path=sdk.text(case.get("file")) or case.get("classname"),
                    line=line,
                    snippet=(failure.text or "").strip("\n") or None,
                ),
            ),
        )
