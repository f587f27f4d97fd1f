"""Prisma Cloud Compute's API: images, hosts and pipeline scans with their vulnerabilities and compliance issues."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import prisma


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
    yield from sdk.each(
        entity.get("complianceIssues"), partial(prisma.compliance, target), "complianceIssues"
    )


def _vulnerability(target: str, system: str | None, found: sdk.Json) -> sdk.Findings:
    yield prisma.vulnerability(
        found,
        known=found["cve"],
        kind=sdk.text(found.get("packageType")),
        system=system,
        place=sdk.Location(path=sdk.text(found.get("packagePath")), resource=target),
        target=target,
        vector=found.get("vecStr"),
        seen=found.get("discovered"),
    )
