"""OWASP Dependency-Check as results of tests: a suite for each dependency."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import dependency_check, junit

_SCORED = re.compile(
    r"cvssV(?P<version>[234]): (?P<word>\w+), score: (?P<score>[\d.]+) \((?P<vector>[^)]*)\)"
)
_UNSCORED = re.compile(r"unscored severity: (?P<word>.+)")
_BELOW = re.compile(r"score below [\d.]+")  # `score below 7.0`


@sdk.parser(
    id="dependency-check-junit-xml",
    scanner="Dependency-Check",
    title="Dependency-Check JUnit",
    docs="https://jeremylong.github.io/DependencyCheck/dependency-check-cli/arguments.html",
    kinds=[sdk.SCA],
    sniff=junit.sniff(says=r'name="dependency-check"'),
    versions="5 and later",
)
def dependency_check_junit(report: sdk.Report) -> sdk.Findings:
    """`dependency-check --scan . --format JUNIT`; what lies below `--junitFailOnCVSS` has no severity there."""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    """A dependency without vulnerabilities is a test of its own, of the tool's name."""
    if case.get("classname") == "dependency-check":
        return
    skipped = case.find("skipped")
    short = next((short for short, _ in junit.failures(case)), None) or ""
    scored, unscored = _SCORED.search(short), _UNSCORED.search(short)
    said = {
        "name": case.attrib["classname"],
        "severity": scored["word"] if scored else unscored and unscored["word"],
        "description": case.findtext("system-out"),
        "notes": None if skipped is None else skipped.get("message"),
    }
    if scored:
        score, vector = scored["score"], scored["vector"].lstrip("/")
        said[f"cvssv{scored['version']}"] = {"baseScore": score, "score": score, "vectorString": vector}
    is_suppressed = skipped is not None and not _BELOW.fullmatch(skipped.get("message") or "")
    path = sdk.text((case.findtext("system-err") or "").removeprefix("location: "))
    suite = case.getparent()
    yield from dependency_check.findings(
        {
            "fileName": (suite is not None and suite.get("package")) or path,
            "packages": [{"id": case.get("name")}],
            "suppressedVulnerabilities" if is_suppressed else "vulnerabilities": [said],
        }
    )
