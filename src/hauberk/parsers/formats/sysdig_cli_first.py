"""sysdig-cli-scanner of its first versions: the vulnerabilities by name, each with the packages that it affects."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sysdig


@sdk.parser(
    id="sysdig-cli-json-first",
    scanner="Sysdig",
    title="sysdig-cli-scanner JSON, first versions",
    docs="https://docs.sysdig.com/en/sysdig-secure/cli-scanner-vm-mode/",
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("metadata.pullString", "vulnerabilities.bySeverity", "packages"),
        sdk.JsonKeys(
            "vulnerabilities.list.item.affectedPackages", "vulnerabilities.list.item.severity.label"
        ),
    ),
    versions="1.0",
)
def sysdig_cli_first(report: sdk.Report) -> sdk.Findings:
    """`sysdig-cli-scanner --apiurl URL --full-vulns-table --json-scan-result=sysdig.json IMAGE`, versions before 1.2"""
    image = sdk.text(next((node.value for node in report.json("metadata.pullString")), None))
    yield sdk.ReportHeader(asset=image, asset_kind="image", targets=sdk.texts(image))
    packages = {sdk.pick(node.value, "name"): node.value for node in report.json("packages.list.item")}
    for node in report.json("vulnerabilities.list.item"):
        yield from report.read_one(node, partial(_of_packages, image, packages))


def _of_packages(image: str | None, packages: sdk.Json, found: sdk.Json) -> sdk.Findings:
    said = {
        **found,
        "severity": sdk.pick(found, "severity.label"),
        "mainProvider": sdk.pick(found, "cvssScore.sourceName"),
        "link": sdk.pick(found, "severity.sourceUrl"),
    }
    for name in found["affectedPackages"]:
        package = {"name": name, **packages.get(name, {})}
        yield from sysdig.vulnerability(
            image, {**package, "path": package.get("path") or package.get("packagePath")}, said
        )
