"""Prisma Cloud Compute, formerly Twistlock: vulnerabilities and compliance of images, from twistcli and the console."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import prisma

_DOCS = "https://docs.prismacloud.io/en/enterprise-edition/content-collections/runtime-security/tools/twistcli-scan-images"
_COLUMNS = ("CVE ID", "Compliance ID", "Packages", "Package Version", "Fix Status")


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
        sdk.JsonKeys(
            "results.item.vulnerabilities.item.packageName",
            "results.item.vulnerabilities.item.packageVersion",
        ),
        sdk.JsonKeys("consoleURL", empty=("results",)),
    ),
    items=sdk.JsonItems("results.item"),
)
def twistlock_json(result: sdk.Json) -> sdk.Findings:
    """`twistcli images scan --details --output-file twistlock.json IMAGE`"""
    image = sdk.first(result.get("name"), result.get("id"))
    yield sdk.ReportHeader(
        asset=image,
        asset_kind="image",
        targets=sdk.texts(image),
        scanned_at=sdk.timestamp(result.get("scanTime")),
    )
    system = (sdk.text(result.get("distro")) or "").partition(" ")[0]
    types = {
        (each.get("name"), each.get("version")): each.get("type")
        for each in sdk.listed(result.get("packages"))
    }
    found = partial(_vulnerability, image, system, types)
    yield from sdk.each(result.get("vulnerabilities"), found, "vulnerabilities")
    yield from sdk.each(result.get("compliances"), partial(prisma.compliance, image), "compliances")


@sdk.parser(
    id="twistlock-csv",
    scanner="Prisma Cloud Compute",
    title="Prisma Cloud Compute CSV",
    docs=_DOCS,
    kinds=[sdk.CONTAINER, sdk.IAC],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def twistlock_csv(row: sdk.Row) -> sdk.Findings:
    """Monitor → Vulnerabilities → Images, CSV; also of hosts, registries and CI scans"""
    place = "/".join(sdk.texts([row.get("Registry"), row.get("Repository")])) or row.get("Hostname")
    image = ":".join(sdk.texts([place, row.get("Tag")])) or None
    if not row["CVE ID"]:
        if row["Compliance ID"]:
            yield from prisma.compliance(
                image,
                {
                    "id": row["Compliance ID"],
                    "title": row.get("Description") or f"Compliance check {row['Compliance ID']}",
                    "severity": row["Severity"],
                    "cause": row.get("Cause"),
                },
            )
        return
    said: dict[str, sdk.Json] = {
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
        "purl": row.get("Purl"),
        "riskFactors": sdk.parts(row.get("Risk Factors")),
    }
    yield from _vulnerability(
        image, row.get("Distro", "").partition(" ")[0], {}, said | {"type": row.get("Type", "").lower()}
    )


def _vulnerability(
    image: str | None, system: str, types: dict[sdk.Json, sdk.Json], found: sdk.Json
) -> sdk.Findings:
    package = (found["packageName"], found.get("packageVersion"))
    yield prisma.vulnerability(
        found,
        known=found["id"],
        kind=sdk.text(found.get("type")) or types.get(package),
        system=system,
        place=sdk.Location(path=sdk.text(found.get("packagePath"))),
        target=image,
        vector=found.get("vector"),
        seen=found.get("discoveredDate"),
    )
