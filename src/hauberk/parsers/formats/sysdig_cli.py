"""sysdig-cli-scanner: vulnerabilities of images and hosts in a pipeline."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import sysdig

_DOCS = "https://docs.sysdig.com/en/sysdig-secure/cli-scanner-vm-mode/"
_PACKAGES, _VULNERABILITIES = "result.packages.*", "result.vulnerabilities.*"
_HEADER = {
    "result.metadata.pullString": "asset",
    "info.scanTime": "scanned_at",
    "scanner.version": "tool_version",
}
_CSV = ("CVE ID", "CVE Severity", "Package Name", "Package Version", "Package Path")


@sdk.parser(
    id="sysdig-cli-json",
    scanner="Sysdig",
    title="sysdig-cli-scanner JSON",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("info.scanTime", values={"scanner.name": "sysdig-cli-scanner"}, later=("result",)),
        sdk.JsonKeys("info.resultId", "result.metadata", "result.packages"),
    ),
    versions="`--json-scan-result` (v1beta) and `--output=json-file` (v1)",
)
def sysdig_cli_json(report: sdk.Report) -> sdk.Findings:
    """`sysdig-cli-scanner --apiurl URL --output=json-file=sysdig.json IMAGE`"""
    image: str | None = None
    packages: dict[str | int, sdk.Json] = {}  # v1 keeps packages and vulnerabilities apart
    for node in report.json(*_HEADER, "result.packages.item", _PACKAGES):
        if node.pattern == _PACKAGES:
            packages[node.key] = node.value
        elif node.pattern == "result.packages.item":
            yield from sdk.each(
                node.value.get("vulns"), partial(sysdig.vulnerability, image, node.value), node.position
            )
        elif node.pattern == "result.metadata.pullString":
            image = sdk.text(node.value)
            yield sdk.ReportHeader(asset=image, asset_kind="image", targets=sdk.texts(image))
        elif node.pattern == "info.scanTime":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
    if packages:
        yield from report.read(report.json(_VULNERABILITIES), partial(_of_v1, image, packages))


@sdk.parser(
    id="sysdig-cli-csv",
    scanner="Sysdig",
    title="sysdig-cli-scanner CSV",
    docs=_DOCS,
    kinds=[sdk.CONTAINER],
    sniff=sdk.CsvHeader(*_CSV),
    items=sdk.CsvRows(*_CSV),
)
def sysdig_cli_csv(row: sdk.Row) -> sdk.Findings:
    """In Sysdig Secure: the pipeline result, Vulnerabilities, Download CSV"""
    package = {
        "name": row["Package Name"],
        "version": row["Package Version"],
        "path": row["Package Path"],
        "type": row.get("Package Type"),
    }
    found = {
        "name": row["CVE ID"],
        "severity": row["CVE Severity"],
        "cvssScore": {"score": row.get("CVSS Score"), "version": row.get("CVSS Score Version")},
        "fixVersion": row.get("Fix Version"),
        "link": row.get("CVE URL"),
        "epss": row.get("EPSS Score"),
        "isAccepted": row.get("Risk Accepted") == "true",
    }
    yield from sysdig.vulnerability(None, package, found)


def _of_v1(image: str | None, packages: dict[str | int, sdk.Json], found: sdk.Json) -> sdk.Findings:
    providers = (found.get("providersMetadata") or {}).values()
    epss = sdk.first(*(sdk.pick(each, "epssScore.score") for each in providers))
    accepted = bool(found.get("riskAcceptRefs"))
    said: dict[str, sdk.Json] = {**found, "epss": epss, "isAccepted": accepted}
    yield from sysdig.vulnerability(image, packages[found["packageRef"]], said)
