"""DevAudit: known vulnerabilities of packages, by Sonatype's OSS Index."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ossindex


@sdk.parser(
    id="devaudit-json",
    scanner="DevAudit",
    docs="https://github.com/sonatype-nexus-community/DevAudit#usage",
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("Packages Audited", "Vulnerabilities Found", later=("Packages",)),
    items=sdk.JsonItems("Packages.item"),
    versions="3.x",
)
def devaudit(audited: sdk.Json) -> sdk.Findings:
    """`devaudit npm -f package.json -o json`"""
    package = audited["Package"]
    name, version, group = package["name"], _said(package.get("version")), _said(package.get("group"))
    purl = sdk.purl(_said(package.get("pm")), name, version, namespace=group)
    for said in sdk.listed(audited.get("Vulnerabilities")):
        yield ossindex.finding(purl, f"{group}/{name}" if group else name, version, said)


def _said(value: sdk.Json) -> str | None:
    """What is not there is written as the word None."""
    text = sdk.text(value)
    return None if text == "None" else text
