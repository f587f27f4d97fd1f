"""What scanners write as results of tests, for build servers: a case is a check of something, its failure the result."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_VERSIONS = (re.compile(r"(.+?)-(v?\d+[.:].*)"), re.compile(r"(.+?)-(v?\d.*)"))


def sniff(*, says: str) -> sdk.Sniff:
    """Any program writes such files: only what a scanner says in its own way tells that it is one.

    Where that stands in the head, a run that found nothing is known as well, though it may have no case at all.
    """
    return sdk.AnyOf(
        sdk.XmlRoot("testsuites", "testsuite/testcase", says=says),
        sdk.XmlRoot("testsuite", "testcase", says=says),
        sdk.XmlRoot("testsuites", "testsuite", says=says),
    )


def cases(report: sdk.Report) -> Iterator[sdk.Node]:
    """The checks, whether several suites of them or one; of a suite without any, its name is what was looked at."""
    return report.xml("testsuite/testcase", "testcase")


def suite_of(case: sdk.XmlElement) -> str | None:
    suite = case.getparent()
    return None if suite is None else sdk.text(suite.get("name"))


def failures(case: sdk.XmlElement) -> Iterator[tuple[str | None, str]]:
    """What failed, in short and in full."""
    for failure in case.iterchildren("{*}failure"):
        yield sdk.text(failure.get("message")), (failure.text or "").strip("\n")


def package(named: str) -> tuple[str, str | None]:
    """`musl-1.1.22-r3` is name and version; a name may have numbers of its own (`gcc-8-base-8.3.0`)."""
    for pattern in _VERSIONS:
        if found := pattern.fullmatch(named):
            return found[1], found[2]
    return named, None
