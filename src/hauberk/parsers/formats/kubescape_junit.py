"""Kubescape as results of tests: a suite for each framework, a case for each control."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_CONTROL = re.compile(r"/(?P<id>c-\d+)\b", re.IGNORECASE)


@sdk.parser(
    id="kubescape-junit-xml",
    scanner="Kubescape",
    title="Kubescape JUnit",
    docs="https://kubescape.io/docs/scanning/",
    kinds=[sdk.IAC],
    sniff=junit.sniff(says=r'<testsuites\b[^>]* name="Kubescape Scanning"'),
    versions="2 and 3",
)
def kubescape_junit(report: sdk.Report) -> sdk.Findings:
    """`kubescape scan --format junit --output kubescape.xml`; it rates nothing"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    for message, _ in junit.failures(case):
        said, _, listed = (message or "").partition("\n\n")
        remedy, _, details = said.partition("\nMore details: ")
        control = _CONTROL.search(details)
        for line in listed.splitlines():
            of = dict(part.partition(": ")[::2] for part in line.split("; "))
            resource = _resource(of)
            yield sdk.ReportedFinding(
                kind=sdk.IAC,
                title=case.attrib["name"],
                severity=sdk.Severity.UNKNOWN,
                rule_id=control["id"].upper() if control else case.attrib["name"],
                rule_name=case.attrib["name"],
                remediation=sdk.text(remedy.removeprefix("Remediation: ")),
                locations=(sdk.Location(path=sdk.text(of.get("sourcePath")), resource=resource),),
                components=(sdk.Component(name=resource),),
                references=sdk.urls(details),
                tags=sdk.texts(case.get("classname")),
            )


def _resource(of: dict[str, str]) -> str:
    """Spelled as in its other reports: group and version, of which the core's has no group, then the rest."""
    version = of.get("apiVersion", "")
    group = version if "/" in version else f"/{version}"
    return f"{group}/{of.get('namespace', '')}/{of.get('kind', '')}/{of.get('name', '')}"
