"""Deepfence ThreatMapper as JSON: what its API and its scanners of packages and secrets write."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets, threatmapper

_FOUND = ("cve_id", "cve_severity", "cve_caused_by_package")


@sdk.parser(
    id="threatmapper-vulnerabilities-json",
    scanner="ThreatMapper",
    title="ThreatMapper vulnerabilities JSON",
    docs="https://community.deepfence.io/threatmapper/docs/",
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(*(f"{root}item.{name}" for name in _FOUND)) for root in ("", "vulnerabilities."))
    ),
)
def threatmapper_vulnerabilities_json(report: sdk.Report) -> sdk.Findings:
    """`package-scanner -mode cli -output json`, or `POST /deepfence/scan/results/vulnerability` of the API"""
    node_name = None
    for node in report.json("node_name", "item", "vulnerabilities.item"):
        if node.pattern == "node_name":
            node_name = sdk.text(node.value)
        else:
            yield from report.read_one(node, partial(_vulnerability, node_name))


@sdk.parser(
    id="threatmapper-secrets-json",
    scanner="ThreatMapper",
    title="ThreatMapper SecretScanner JSON",
    docs="https://github.com/deepfence/SecretScanner",
    kinds=[sdk.SECRET],
    sniff=sdk.JsonKeys("Secrets.item.Matched Rule Name", "Secrets.item.Full File Name"),
)
def threatmapper_secrets_json(report: sdk.Report) -> sdk.Findings:
    """`SecretScanner -image-name IMAGE -output json > secrets.json`, also of a folder (`-local`)"""
    target = None
    for node in report.json("Timestamp", "Image Name", "Directory Name", "Secrets.item"):
        if node.pattern == "Secrets.item":
            yield from report.read_one(node, partial(_secret, target))
        elif node.pattern == "Timestamp":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value, "%Y-%m-%d %H:%M:%S.%f %z"))
        elif said := sdk.text(node.value):
            target = said
            kind = "image" if node.pattern == "Image Name" else None
            yield sdk.ReportHeader(asset=said, asset_kind=kind, targets=(said,))


def _vulnerability(node_name: str | None, said: sdk.Json) -> sdk.Findings:
    yield threatmapper.vulnerability(threatmapper.of_today({"node_name": node_name, **said}))


def _secret(target: str | None, said: sdk.Json) -> sdk.Findings:
    path = said["Full File Name"]
    shown = sdk.uncoloured(sdk.text(said.get("Matched Contents")) or "")
    first, last = (
        said.get(f"Relative {end} Index of Match in Displayed Substring") for end in ("Starting", "Ending")
    )
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{said['Matched Rule Name']} in {path}",
        severity=sdk.severity(said.get("Severity")),
        severity_reported=sdk.text(said.get("Severity")),
        rule_id=said["Matched Rule Name"],
        cwes=secrets.CWES,
        locations=(sdk.Location(path=path, resource=target),),
        tags=sdk.texts(said.get("Matched Part")),
        target=target,
        secret=secrets.value_of(shown[sdk.integer(first) or 0 : sdk.integer(last) or None]),
    )
