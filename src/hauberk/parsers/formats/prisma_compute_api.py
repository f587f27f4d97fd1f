"""Prisma Cloud Compute's API: images, hosts and pipeline scans with their vulnerabilities and compliance issues.

As long as it was called Twistlock (before 19.11), the lists had other names; twistcli wrote the same under `images`.
"""

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
        *(
            sdk.JsonKeys(known, f"item.entityInfo.{name}")
            for known in ("item._id", "item.entityInfo.id")
            for name in ("vulnerabilities", "complianceIssues")
        ),
        sdk.JsonKeys("item.entityInfo.id", "item.results.item.vulnerabilities"),
        sdk.JsonKeys("item.info.cveVulnerabilities", "item.info.complianceVulnerabilities"),
    ),
    items=sdk.JsonItems("item"),
    versions="as Prisma Cloud, and as Twistlock before 19.11",
)
def prisma_compute(item: sdk.Json) -> sdk.Findings:
    """`GET /api/v1/images`, `/api/v1/hosts`, `/api/v1/registry` or `/api/v1/scans?type=ciImage` of the console; the Jenkins plug-in's list of results"""
    yield from _entity(item)


@sdk.parser(
    id="twistlock-json-v1",
    scanner="Prisma Cloud Compute",
    title="twistcli JSON (before 19.11)",
    docs="https://docs.twistlock.com/docs/compute_edition/tools/twistcli_scan_images",
    kinds=[sdk.CONTAINER, sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("images.item.info.cveVulnerabilities"),
        sdk.JsonKeys("images.item.info.complianceVulnerabilities"),
    ),
    items=sdk.JsonItems("images.item"),
    versions="Twistlock 2 to 19.07",
)
def twistcli_v1(item: sdk.Json) -> sdk.Findings:
    """`twistcli images scan --details --output-file twistlock.json IMAGE`"""
    yield from _entity(item)


def _entity(item: sdk.Json) -> sdk.Findings:
    entity = item.get("entityInfo") or item.get("info") or item
    tag = entity.get("repoTag") or {}
    place = "/".join(sdk.texts([tag.get("registry"), tag.get("repo")]))
    images = [":".join(sdk.texts([place, tag.get("tag")])), sdk.first(sdk.pick(entity, "image.RepoTags"))]
    hosts = [entity.get("hostname"), item.get("_id"), item.get("hostname"), entity.get("name")]
    target = sdk.first(images, hosts) or ""
    yield sdk.ReportHeader(
        asset_kind="image" if place or entity.get("image") or entity.get("type") == "image" else "host",
        targets=sdk.texts(target),
        scanned_at=sdk.timestamp(item.get("time") or entity.get("scanTime")),
    )
    system = sdk.first(entity.get("osDistro"), entity.get("pkgDistro"), entity.get("distro"))
    for said in (entity, *(item.get("results") or ())):
        for name in ("vulnerabilities", "cveVulnerabilities"):
            yield from sdk.each(said.get(name), partial(_vulnerability, target, system), name)
        for name in ("complianceIssues", "complianceVulnerabilities", "compliances"):
            yield from sdk.each(said.get(name), partial(prisma.compliance, target), name)


def _vulnerability(target: str, system: str | None, found: sdk.Json) -> sdk.Findings:
    yield prisma.vulnerability(
        found,
        known=found.get("cve") or found["id"],
        kind=sdk.text(found.get("packageType")),
        system=system,
        place=sdk.Location(path=sdk.text(found.get("packagePath")), resource=target),
        target=target,
        vector=found.get("vecStr") or found.get("vector"),
        seen=found.get("discovered"),
    )
