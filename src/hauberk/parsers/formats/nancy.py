"""Nancy: known vulnerabilities of Go modules, by Sonatype's OSS Index."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ossindex


@sdk.parser(
    id="nancy-json",
    scanner="Nancy",
    docs="https://github.com/sonatype-nexus-community/nancy#output",
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("audited", later=("vulnerable", "num_audited")),
    items=sdk.JsonItems("vulnerable.item"),
    header={"tool_version": "version"},
)
def nancy(package: sdk.Json) -> sdk.Findings:
    """`go list -json -deps ./... | nancy sleuth --output json-pretty > nancy.json`"""
    purl = package["Coordinates"]
    name, version = sdk.package_of(purl) or (purl, None)
    for said in package["Vulnerabilities"] or ():
        yield ossindex.finding(purl, name, version, said)
