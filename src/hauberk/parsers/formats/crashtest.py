"""Crashtest Security (Veracode DAST Essentials): findings by kind of attack; what they mean stands in a table beside."""

import re
from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_ROOTS = ("", "data.")
_PARAMETER = re.compile(r"parameter ['\"]?(?P<name>[\w.\[\]-]+)")
_OF_ITS_TESTS = re.compile(
    rb"(?i)crashtest|name=\"(?:SSL (?:SWEET32|BEAST|LOGJAM|POODLE|RC4|Trust|Cipher)|Portscanner|Sensitive Data Exposure|"
    rb"Fingerprint Web |Local File Inclusion|Referrer-Policy Header)"
)
_METHOD = re.compile(r"(?:method ['\"]|\()(?P<name>get|post|put|delete|patch)\b", re.IGNORECASE)


def _is_of_crashtest(probe: sdk.Probe) -> int:
    """JUnit has no place for a tool's name: the tests have those of its scanners."""
    head = probe.xml
    is_junit = head is not None and head.root == "testsuites" and "testsuite/testcase" in head.paths
    return 4 if is_junit and _OF_ITS_TESTS.search(probe.text) else 0


@sdk.parser(
    id="crashtest-json",
    scanner="Crashtest Security",
    docs="https://docs.veracode.com/r/DAST_Essentials",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(f"{root}findings.commandinjection", f"{root}findings.portscan") for root in _ROOTS),
        *(sdk.JsonKeys(f"{root}findings", f"{root}descriptions.item.slug") for root in _ROOTS),
    ),
)
def crashtest(report: sdk.Report) -> sdk.Findings:
    """`curl -H "X-CSG-API-Key: …" …/scans/{id}/report/json -o crashtest.json`"""
    tables = (f"{root}descriptions.item" for root in _ROOTS)
    known = {sdk.text(sdk.pick(node.value, "slug")): node.value for node in report.json(*tables)}
    yield from report.read(
        report.json(*(f"{root}findings.*.item" for root in _ROOTS)), partial(_found, known)
    )


@sdk.parser(
    id="crashtest-xml",
    scanner="Crashtest Security",
    title="Crashtest Security (JUnit)",
    docs="https://github.com/crashtest-security/github-action",
    kinds=[sdk.DAST],
    sniff=_is_of_crashtest,
    items=sdk.XmlElements("testsuite/testcase"),
)
def crashtest_xml(case: sdk.XmlElement) -> sdk.Findings:
    """`curl https://api.crashtest.cloud/webhook/$WEBHOOK/scans/$SCAN_ID/report/junit -o report.xml`"""
    title = case.attrib["name"]
    for failure in case.iterfind("failure"):
        words = sdk.paragraphs(failure.get("message"), failure.text) or ""
        word = sdk.first(failure.get("severity"), failure.get("type"))
        yield sdk.ReportedFinding(
            kind=sdk.DAST,
            title=title,
            severity=sdk.severity(word),
            severity_reported=word,
            rule_id=title,
            description=words or None,
            identifiers=sdk.identifiers(title, words),
            locations=tuple(_places(words)),
            tags=sdk.texts(case.get("classname")),
        )


def _found(known: dict[str | None, sdk.Json], said: sdk.Json) -> sdk.Findings:
    slug = said["finding_description_slug"]
    about = known.get(slug) or {}
    words = sdk.text(said.get("information")) or ""
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=sdk.text(about.get("title")) or slug,
        severity=sdk.severity_of_score(about.get("baseScore")),
        severity_reported=sdk.text(about.get("baseScore")),
        rule_id=slug,
        description=sdk.paragraphs(words, about.get("description")),
        remediation=sdk.text(about.get("how_to_fix")),
        cvss=sdk.assessments((None, about.get("baseScore"), "Crashtest Security", "3.0")),
        locations=tuple(_places(words)),
        references=sdk.urls(about.get("reference_owasp"), about.get("reference_resolution")),
        tags=sdk.texts(said.get("service_type")),
        found_at=sdk.timestamp(said.get("created_at")),
    )
    yield from sdk.each(said.get("cve_findings"), _vulnerability, "cve_findings")


def _places(words: str) -> Iterator[sdk.Location]:
    """Addresses are only told within a sentence."""
    method, parameter = _METHOD.search(words), _PARAMETER.search(words)
    for address in sdk.links(words)[:1]:
        yield sdk.at_url(
            address,
            method=method["name"].upper() if method else None,
            parameter=parameter["name"] if parameter else None,
            evidence=words,
        )


def _vulnerability(said: sdk.Json) -> sdk.Findings:
    """A known vulnerability of software that was fingerprinted."""
    name = sdk.text(said.get("product"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=said["cve_id"],
        severity=sdk.severity_of_score(said.get("cvss")),
        severity_reported=sdk.text(said.get("cvss")),
        rule_id=said["cve_id"],
        description=sdk.text(said.get("information")),
        identifiers=sdk.identifiers(said["cve_id"]),
        cvss=sdk.assessments((None, said.get("cvss"), "NVD", "2.0")),
        components=(sdk.Component(name=name, version=sdk.text(said.get("version"))),) if name else (),
    )
