"""OVAL results: which definitions of vulnerabilities, patches and settings hold on a host, as `oscap` and others evaluate them."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_NAMESPACE = r"http://oval\.mitre\.org/XMLSchema/oval-results-5"
_RESULT = "results/system/definitions/definition"
_DEFINITION = "oval_definitions/definitions/definition"
_HOST = "results/system/oval_system_characteristics/system_info/primary_host_name"
_CARD = "results/system/oval_system_characteristics/system_info/interfaces/interface"
_MADE = "generator/timestamp"
_WRONG = {"vulnerability": "true", "patch": "true", "compliance": "false"}
"""By the definition's class: the result that is a finding. An inventory says only what is there."""
_FIX = re.compile(r"(?P<name>\S+) is earlier than (?:\d+:)?(?P<version>\S+)")
_SCORE = re.compile(r"(?P<score>[\d.]+)/(?P<vector>\S+)")


@sdk.parser(
    id="oval-results-xml",
    scanner="OpenSCAP",
    title="OVAL results",
    docs="https://oval-community-guidelines.readthedocs.io/en/latest/oval-schema-documentation/oval-results-schema.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.XmlRoot("oval_results", namespace=_NAMESPACE),
    versions="5.x",
)
def oval(report: sdk.Report) -> sdk.Findings:
    """`oscap oval eval --results oval-results.xml com.redhat.rhsa-RHEL9.xml`"""
    results: dict[str, str] = {}
    host, ids = None, list[str]()
    for node in report.xml(_RESULT, _HOST, _CARD, _MADE):
        if node.pattern == _RESULT:
            results[str(node.value.get("definition_id"))] = str(node.value.get("result"))
        elif node.pattern == _HOST:
            host = sdk.text(node.value.text)
        elif node.pattern == _CARD:
            address, mac = (node.value.findtext(f"{{*}}{tag}") for tag in ("ip_address", "mac_address"))
            ids += sdk.machine((address or "").partition("/")[0], mac=mac)
        else:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value.text))
    yield sdk.ReportHeader(asset=host, targets=sdk.texts(host))
    place = sdk.Location(host=host, host_ids=tuple(ids)) if host else None
    for node in report.xml(_DEFINITION):
        definition = node.value
        wrong = _WRONG.get(definition.get("class", ""))
        if wrong is not None and results.get(definition.get("id", "")) == wrong:
            yield from report.read_one(node, lambda found: _finding(found, place))


def _finding(definition: sdk.XmlElement, place: sdk.Location | None) -> sdk.Findings:
    identity = definition.attrib["id"]
    references = definition.findall("{*}metadata/{*}reference")
    advisory = definition.find("{*}metadata/{*}advisory")
    cves = [] if advisory is None else advisory.findall("{*}cve")
    word = None if advisory is None else sdk.text(advisory.findtext("{*}severity"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=sdk.text(definition.findtext("{*}metadata/{*}title")) or identity,
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=identity,
        description=sdk.text(definition.findtext("{*}metadata/{*}description")),
        identifiers=sdk.identifiers(
            [each.text for each in cves],
            [each.get("ref_id") for each in references if each.get("source") == "CVE"],
        ),
        cwes=sdk.cwes([weakness for each in cves for weakness in (each.get("cwe") or "").split("|")]),
        cvss=sdk.assessments(*_assessments(cves)),
        locations=(place,) if place else (),
        components=tuple(_packages(definition)),
        references=sdk.urls(
            [each.get("ref_url") for each in references], [each.get("href") for each in cves]
        ),
        tags=sdk.texts(
            [
                definition.get("class"),
                *(each.get("ref_id") for each in references if each.get("source") != "CVE"),
            ]
        ),
        target=place.host if place else None,
    )


def _assessments(cves: list[sdk.XmlElement]) -> Iterator[tuple[str | None, str | None, str | None]]:
    for cve in cves:
        for name in ("cvss4", "cvss3", "cvss2"):
            if said := _SCORE.fullmatch(cve.get(name) or ""):
                yield said["vector"], said["score"], "advisory"


def _packages(definition: sdk.XmlElement) -> Iterator[sdk.Component]:
    """What the definition compares: a package that is earlier than the one with the fix."""
    for criterion in definition.iterfind(".//{*}criterion"):
        if said := _FIX.match(criterion.get("comment") or ""):
            yield sdk.Component(name=said["name"], fixed_versions=(said["version"],))
