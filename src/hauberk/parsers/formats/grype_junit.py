"""Grype as results of tests, by the JUnit template that comes with it."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit, packages

_CHECK = re.compile(r"\[(?P<word>\w+)\] (?P<known>\S+)")
_PACKAGE = re.compile(r"(?P<named>.+) \((?P<kind>[\w-]+)\)")
_BEHIND = re.compile(r"\s*\[(?:cpe:[^\]]*)?\]\s+\S*\s*$")  # `[cpe:2.3:a:…] https://…` behind the description


@sdk.parser(
    id="grype-junit-xml",
    scanner="Grype",
    title="Grype JUnit",
    docs="https://github.com/anchore/grype#output-formats",
    kinds=[sdk.CONTAINER, sdk.SCA],
    sniff=junit.sniff(says=r'<testsuites name="grype-junit">'),
    versions="the template `junit.tmpl` that comes with Grype",
)
def grype_junit(report: sdk.Report) -> sdk.Findings:
    """`grype IMAGE -o template -t junit.tmpl > grype.xml`"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    check, package = _CHECK.fullmatch(case.attrib["name"]), _PACKAGE.fullmatch(case.attrib["classname"])
    if check is None or package is None:
        raise sdk.UnreadableItem(
            f"{case.get('name')!r} of {case.get('classname')!r} tells no vulnerability of a package"
        )
    (name, version), known = junit.package(package["named"]), check["known"]
    distribution = (junit.suite_of(case) or "").partition(":")[0]
    is_of_system = package["kind"] in ("deb", "rpm", "apk")
    purl = sdk.purl(distribution if is_of_system else package["kind"], name, version)
    for _, full in junit.failures(case):
        yield sdk.ReportedFinding(
            kind=packages.kind_of(purl),
            title=packages.title(known, name, version),
            severity=sdk.severity(check["word"]),
            severity_reported=check["word"],
            rule_id=known,
            description=sdk.text(_BEHIND.sub("", full)),
            identifiers=sdk.identifiers(known),
            components=(sdk.Component(name=name, version=version, purl=purl),),
            references=sdk.urls(full.split()[-1:]),
        )
