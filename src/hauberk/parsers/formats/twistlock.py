"""Prisma Cloud Compute, formerly Twistlock: vulnerabilities and compliance of images, from twistcli and the console."""

import re
from functools import partial
from typing import Any

from hauberk.parsers import sdk

_DOCS = "https://docs.prismacloud.io/en/enterprise-edition/content-collections/runtime-security/tools/twistcli-scan-images"
_VERSION = re.compile(r"\d[\w.:+~-]*")


@sdk.parser(
    id="twistlock-json",
    scanner="Prisma Cloud Compute",
    title="twistcli JSON",
    docs=_DOCS,
    kinds=[sdk.CONTAINER, sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "results.item.id", "results.item.distro", later=("results.item.vulnerabilityDistribution",)
        ),
        sdk.JsonKeys("results.item.vulnerabilities", "results.item.complianceDistribution"),
        sdk.JsonKeys("consoleURL", empty=("results",)),
    ),
    items=sdk.JsonItems("results.item"),
)
def twistlock_json(result: sdk.Json) -> sdk.Findings:
    """`twistcli images scan --details --output-file twistlock.json IMAGE`"""
    image = sdk.text(result.get("name")) or sdk.text(result.get("id"))
    yield sdk.ReportHeader(
        asset=image,
        asset_kind="image",
        targets=sdk.texts(image),
        scanned_at=sdk.timestamp(result.get("scanTime")),
    )
    system = (sdk.text(result.get("distro")) or "").partition(" ")[0]
    types = {
        (each.get("name"), each.get("version")): each.get("type") for each in result.get("packages") or ()
    }
    found = partial(_vulnerability, image, system, types)
    yield from sdk.each(result.get("vulnerabilities"), found, "vulnerabilities")
    yield from sdk.each(result.get("compliances"), partial(_compliance, image), "compliances")


@sdk.parser(
    id="twistlock-csv",
    scanner="Prisma Cloud Compute",
    title="Prisma Cloud Compute CSV",
    docs=_DOCS,
    kinds=[sdk.CONTAINER, sdk.IAC],
    sniff=sdk.CsvHeader("CVE ID", "Compliance ID", "Packages", "Package Version", "Fix Status"),
    items=sdk.CsvRows("CVE ID", "Compliance ID", "Packages", "Package Version", "Fix Status"),
)
def twistlock_csv(row: sdk.Row) -> sdk.Findings:
    """Monitor → Vulnerabilities → Images, CSV; also of hosts, registries and CI scans"""
    place = "/".join(sdk.texts([row.get("Registry"), row.get("Repository")])) or row.get("Hostname")
    image = ":".join(sdk.texts([place, row.get("Tag")])) or None
    if not row["CVE ID"]:
        if row["Compliance ID"]:
            yield from _compliance(
                image,
                {
                    "id": row["Compliance ID"],
                    "title": row.get("Description") or f"Compliance check {row['Compliance ID']}",
                    "severity": row["Severity"],
                    "cause": row.get("Cause"),
                },
            )
        return
    said: dict[str, Any] = {
        "id": row["CVE ID"],
        "severity": row["Severity"],
        "status": row["Fix Status"],
        "cvss": row.get("CVSS"),
        "packageName": row["Packages"] or row.get("Source Package") or "unknown",
        "packageVersion": row["Package Version"],
        "description": row.get("Description"),
        "link": row.get("Vulnerability Link"),
        "packagePath": row.get("Package Path"),
        "discoveredDate": row.get("Discovered"),
        "riskFactors": [word.strip() for word in (row.get("Risk Factors") or "").split(",")],
    }
    yield from _vulnerability(
        image, row.get("Distro", "").partition(" ")[0], {}, said | {"type": row.get("Type")}
    )


def _vulnerability(image: str | None, system: str, types: dict[Any, Any], found: sdk.Json) -> sdk.Findings:
    name, version = found["packageName"], sdk.text(found.get("packageVersion"))
    status = sdk.text(found.get("status")) or ""
    kind = sdk.text(found.get("type")) or types.get((name, version))
    path = sdk.text(found.get("packagePath"))
    coordinates = name.replace("_", ":", 1) if kind in ("jar", "java") else name
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{found['id']} in {name} {version or ''}".rstrip(),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["id"],
        description=sdk.text(found.get("description")),
        identifiers=sdk.identifiers(found["id"]),
        cvss=tuple(filter(None, (sdk.cvss(found.get("vector"), found.get("cvss"), "Prisma Cloud"),))),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(system if kind in ("os", "package") else kind, coordinates, version),
                fixed_versions=tuple(_VERSION.findall(status)) if status.startswith("fixed in") else (),
                path=path,
            ),
        ),
        references=sdk.urls(found.get("link")),
        tags=sdk.texts(list(found.get("riskFactors") or ())),
        target=image,
        found_at=sdk.timestamp(found.get("discoveredDate")),
    )


def _compliance(image: str | None, found: sdk.Json) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=found["title"],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=sdk.text(found["id"]),
        description=sdk.text(found.get("description")),
        locations=(sdk.Location(resource=image, evidence=sdk.text(found.get("cause"))),),
        tags=sdk.texts([found.get("category")]),
        target=image,
    )
