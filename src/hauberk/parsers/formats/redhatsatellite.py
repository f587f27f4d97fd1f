"""Red Hat Satellite: errata that hosts are missing, from the API."""

import re

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://access.redhat.com/security/updates/classification
    "critical": sdk.Severity.CRITICAL,
    "important": sdk.Severity.HIGH,
    "moderate": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "none": sdk.Severity.LOW,  # bug fixes and enhancements; nobody rated what an unpatched bug may do
}
_PACKAGE = re.compile(
    r"(?P<name>.+)-(?P<version>[^-]+-[^-]+?)(?:\.(?P<architecture>noarch|src|x86_64|i\d86|aarch64|s390x|ppc64le))?"
)


@sdk.parser(
    id="redhat-satellite-json",
    scanner="Red Hat Satellite",
    docs="https://docs.redhat.com/en/documentation/red_hat_satellite/6.15/html/api_guide/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "results.item.errata_id", "results.item.packages", "results.item.hosts_applicable_count"
        ),
        sdk.JsonKeys("results.item.errata_id", "results.item.cves", "results.item.issued"),
        sdk.JsonKeys("total", "subtotal", "selectable", empty=("results",)),
    ),
    items=sdk.JsonItems("results.item"),
    versions="Satellite 6, Katello's `GET /katello/api/errata`",
)
def redhat_satellite(erratum: sdk.Json) -> sdk.Findings:
    """`curl -u "$USER" https://satellite.example/katello/api/errata?errata_restrict_applicable=true -o errata.json`"""
    advisory, word = erratum["errata_id"], sdk.text(erratum.get("severity"))
    cves = [sdk.pick(each, "cve_id") or each for each in sdk.listed(erratum.get("cves"))]
    kind = sdk.text(erratum.get("type"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=erratum["title"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=advisory,
        description=sdk.paragraphs(erratum.get("summary"), erratum.get("description")),
        remediation=sdk.text(erratum.get("solution")),
        identifiers=sdk.identifiers(cves) or sdk.identifiers(advisory),
        components=tuple(_component(each) for each in sdk.texts(erratum.get("packages") or ())),
        references=sdk.urls([each.get("href") for each in sdk.listed(erratum.get("bugs"))]),
        tags=sdk.texts([kind, advisory]),
        found_at=sdk.timestamp(f"{erratum.get('issued')} 00:00:00"),
    )


def _component(package: str) -> sdk.Component:
    """`glibc-2.28-251.el8_10.5.x86_64` is what the erratum brings: the version that fixes it."""
    match = _PACKAGE.fullmatch(package)
    if match is None:
        return sdk.Component(name=package)
    purl = sdk.purl("redhat", match["name"], None)
    return sdk.Component(name=match["name"], purl=purl, fixed_versions=(match["version"],))
