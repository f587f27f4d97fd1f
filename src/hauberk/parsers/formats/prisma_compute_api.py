"""Prisma Cloud Compute's API: images, hosts and pipeline scans with their vulnerabilities and compliance issues."""

import re
from functools import partial

from hauberk.parsers import sdk

_VERSION = re.compile(r"\d[\w.:+~-]*")


@sdk.parser(
    id="prisma-compute-json",
    scanner="Prisma Cloud Compute",
    title="Prisma Cloud Compute API",
    docs="https://pan.dev/prisma-cloud/api/cwpp/get-images/",
    kinds=[sdk.CONTAINER, sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item._id", "item.vulnerabilities", "item.complianceIssues"),
        sdk.JsonKeys("item._id", "item.entityInfo.vulnerabilities"),
        sdk.JsonKeys("item._id", "item.entityInfo.complianceIssues"),
    ),
    items=sdk.JsonItems("item"),
)
def prisma_compute(item: sdk.Json) -> sdk.Findings:
    """`GET /api/v1/images`, `/api/v1/hosts`, `/api/v1/registry` or `/api/v1/scans?type=ciImage` of the console"""
    entity = item.get("entityInfo") or item
    tag = entity.get("repoTag") or {}
    place = "/".join(sdk.texts([tag.get("registry"), tag.get("repo")]))
    target = (
        ":".join(sdk.texts([place, tag.get("tag")]))
        or sdk.text(entity.get("hostname"))
        or sdk.text(item["_id"])
        or ""
    )
    yield sdk.ReportHeader(
        asset_kind="image" if place else "host",
        targets=sdk.texts(target),
        scanned_at=sdk.timestamp(item.get("time") or entity.get("scanTime")),
    )
    system = sdk.text(sdk.pick(entity, "osDistro"))
    yield from sdk.each(
        entity.get("vulnerabilities"), partial(_vulnerability, target, system), "vulnerabilities"
    )
    yield from sdk.each(entity.get("complianceIssues"), partial(_compliance, target), "complianceIssues")


def _vulnerability(target: str, system: str | None, found: sdk.Json) -> sdk.Findings:
    name, version = found["packageName"], sdk.text(found.get("packageVersion"))
    kind, path = sdk.text(found.get("packageType")), sdk.text(found.get("packagePath"))
    status = sdk.text(found.get("status")) or ""
    rated = sdk.cvss(found.get("vecStr"), found.get("cvss"), "Prisma Cloud")
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{found['cve']} in {name} {version or ''}".rstrip(),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["cve"],
        description=sdk.text(found.get("description")),
        remediation=status or None,
        identifiers=sdk.identifiers(found["cve"]),
        cvss=(rated,) if rated else (),
        locations=(sdk.Location(path=path, resource=target),),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(system if kind in ("package", "os") else kind, name, version),
                fixed_versions=tuple(_VERSION.findall(status)) if status.startswith("fixed in") else (),
                path=path,
            ),
        ),
        references=sdk.urls(found.get("link"), found.get("fixLink")),
        tags=sdk.texts(list(found.get("riskFactors") or ())),
        target=target,
        found_at=sdk.timestamp(found.get("discovered")),
    )


def _compliance(target: str, found: sdk.Json) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=found["title"],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=sdk.text(found["id"]),
        description=sdk.text(found.get("description")),
        locations=(sdk.Location(resource=target, evidence=sdk.text(found.get("cause"))),),
        tags=sdk.texts([found.get("type"), *sdk.texts(found.get("templates") or ())]),
        target=target,
    )
