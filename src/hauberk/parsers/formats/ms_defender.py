"""Microsoft Defender Vulnerability Management: vulnerabilities of machines, from its APIs."""

import re
from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://learn.microsoft.com/en-us/defender-endpoint/api/get-all-vulnerabilities-by-machines"
_HOST = re.compile(r"[\w.-]+")  # a phone's name may be any words
_LISTS = ("value.item", "item")
_VULNERABILITIES = sdk.AnyOf(
    *(sdk.JsonKeys(*(f"{path}.{name}" for name in ("cveId", "machineId", "severity"))) for path in _LISTS)
)
_NAMES = {  # the assessment's: the other API's
    "deviceId": "machineId",
    "softwareName": "productName",
    "softwareVendor": "productVendor",
    "softwareVersion": "productVersion",
    "vulnerabilitySeverityLevel": "severity",
    "recommendedSecurityUpdateId": "fixingKbId",
}


def _nothing_found(kind: str) -> sdk.Sniff:
    """What an API answers where no machine is vulnerable."""
    answer = re.compile(rf"\.(microsoft|windows)\.\w+/api/\$metadata#(.*\.)?{kind}\)?", re.IGNORECASE)

    def look(probe: sdk.Probe) -> int:
        said = probe.json if isinstance(probe.json, dict) else {}
        return 2 if said.get("value") == [] and answer.search(str(said.get("@odata.context"))[:300]) else 0

    return look


@sdk.parser(
    id="ms-defender-json",
    scanner="Microsoft Defender",
    title="Microsoft Defender JSON",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(_VULNERABILITIES, _nothing_found(r"(Public\w*Vulnerability\w*|Vulnerabilities)")),
    versions="an answer of the API, or the list in it",
)
def ms_defender_json(report: sdk.Report) -> sdk.Findings:
    """`GET https://api.securitycenter.microsoft.com/api/vulnerabilities/machinesVulnerabilities`"""
    yield from report.read(report.json(*_LISTS), partial(_vulnerability, {}))


@sdk.parser(
    id="ms-defender-assessment-json",
    scanner="Microsoft Defender",
    title="Microsoft Defender assessment JSON",
    docs="https://learn.microsoft.com/en-us/defender-endpoint/api/get-assessment-software-vulnerabilities",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("value.item.deviceId", "value.item.softwareName", "value.item.cveId"),
        _nothing_found("(Delta)?AssetVulnerability"),
    ),
    items=sdk.JsonItems("value.item"),
    versions="the full export and the changes since a day",
)
def ms_defender_assessment(found: sdk.Json) -> sdk.Findings:
    """`GET https://api.securitycenter.microsoft.com/api/machines/SoftwareVulnerabilitiesByMachine`"""
    if not found["cveId"]:  # it lists the software that has none, too
        return
    machine = {"computerDnsName": found.get("deviceName"), "osPlatform": found.get("osPlatform")}
    said = {_NAMES.get(name, name): value for name, value in found.items()}
    yield from _vulnerability({found["deviceId"]: machine}, said)


@sdk.parser(
    id="ms-defender-zip",
    scanner="Microsoft Defender",
    title="Microsoft Defender archive",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.InArchive("*vulnerabilities/*.json", _VULNERABILITIES),
)
def ms_defender_zip(report: sdk.Report) -> sdk.Findings:
    """A ZIP with what the API says: `machines/*.json` from `/api/machines`, `vulnerabilities/*.json` from the other"""
    if report.member("*vulnerabilities/*.json") is None:
        raise sdk.ReportError("schema_mismatch", "The file is no ZIP with vulnerabilities/*.json in it.")
    machines: dict[str, dict[str, sdk.Json]] = {}
    for member in report.members("*machines/*.json"):
        for node in member.json(*_LISTS):
            machines[str(node.value.get("id"))] = node.value
    for member in report.members("*vulnerabilities/*.json"):
        yield from member.read(member.json(*_LISTS), partial(_vulnerability, machines))


def _vulnerability(machines: dict[str, dict[str, sdk.Json]], found: sdk.Json) -> sdk.Findings:
    machine = machines.get(found["machineId"], {})
    name = sdk.text(machine.get("computerDnsName"))
    addresses = sdk.texts([machine.get("lastIpAddress"), machine.get("lastExternalIpAddress")])
    full_name = name if name and _HOST.fullmatch(name) else None
    names = sdk.texts([full_name, *addresses, name, found["machineId"]])
    host = sdk.first(names)
    product, patch = sdk.text(found.get("productName")), sdk.text(found.get("fixingKbId"))
    component = sdk.Component(
        name=product or "",
        version=sdk.text(found.get("productVersion")),
        path=sdk.first(found.get("diskPaths"), found.get("registryPaths")),
    )
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{found['cveId']} in {product or 'an unnamed product'}",
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["cveId"],
        remediation=f"Install KB{patch}." if patch else None,
        identifiers=sdk.identifiers(found["cveId"]) or sdk.texts(found["cveId"]),
        cvss=sdk.assessments((None, found.get("cvssScore"), "Microsoft")),
        locations=(
            sdk.Location(
                host=host,
                host_ids=sdk.machine(machine.get("lastIpAddress"), uuid=machine.get("aadDeviceId")),
                resource=found["machineId"],
                evidence="\n".join(names[1:-1]) or None,
            ),
        ),
        components=(component,) if product else (),
        references=sdk.urls(found.get("recommendedSecurityUpdateUrl")),
        tags=sdk.texts(
            [
                found.get("productVendor"),
                machine.get("osPlatform"),
                *sdk.texts(machine.get("machineTags") or ()),
            ]
        ),
        stable_id=sdk.text(found.get("id")),
        suppression=sdk.suppression(found.get("status") == "Fixed", justification="fixed"),
        target=host,
        found_at=sdk.timestamp(found.get("firstSeenTimestamp")),
    )
