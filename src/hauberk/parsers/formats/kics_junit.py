"""KICS as results of tests: a suite for each platform, a case for each place."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit, kics

_RATED = re.compile(r"\[Severity: (?P<severity>\w+), Query description: ")
_PLACE = re.compile(r"'(?P<file_name>[^']+)' file in line (?P<line>\d+)")


@sdk.parser(
    id="kics-junit-xml",
    scanner="KICS",
    title="KICS JUnit",
    docs="https://docs.kics.io/latest/results/#junit",
    kinds=[sdk.IAC],
    sniff=junit.sniff(says=r'<testsuites name="KICS'),
    versions="1.6 and later",
)
def kics_junit(report: sdk.Report) -> sdk.Findings:
    """`kics scan -p . --report-formats junit -o results/`; it names a query by its words, not by its number"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    for short, _ in junit.failures(case):
        about, _, found = (short or "").partition("] Problem found on ")
        rated, place = _RATED.match(about), _PLACE.match(found)
        if rated is None or place is None:
            raise sdk.UnreadableItem(f"{short!r:.80} is not what KICS says of a place")
        name = case.attrib["name"].removesuffix(f": {place['file_name']} file in line {place['line']}")
        expected, _, actual = found.partition(". Expected value: ")[2].partition(". Actual value: ")
        query = {
            "query_name": name,
            "query_id": name,
            "platform": case.get("classname"),
            "severity": rated["severity"],
            "description": about[rated.end() :],
            "expected_value": expected,
            "actual_value": actual.removesuffix("."),
        }
        yield kics.finding(query, query | place.groupdict())
