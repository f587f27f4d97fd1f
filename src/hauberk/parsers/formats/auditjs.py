"""AuditJS: known vulnerabilities of JavaScript packages, by Sonatype's OSS Index or by Sonatype Lifecycle."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ossindex


@sdk.parser(
    id="auditjs-json",
    scanner="AuditJS",
    docs="https://github.com/sonatype-nexus-community/auditjs#usage",
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("item.coordinates", "item.vulnerabilities", "item.reference"),
    items=sdk.JsonItems("item"),
    versions="4.x, `auditjs ossi --json`",
)
def auditjs(package: sdk.Json) -> sdk.Findings:
    """`auditjs ossi --json > auditjs.json`"""
    purl = package["coordinates"]
    name, version = sdk.package_of(purl) or (purl, None)
    for said in package["vulnerabilities"] or ():
        yield ossindex.finding(purl, name, version, said)
