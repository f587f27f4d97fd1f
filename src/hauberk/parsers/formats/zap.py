"""ZAP: the Zed Attack Proxy, a scanner of running web applications. An alert's instances are its places."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import zap

_DOCS = "https://www.zaproxy.org/docs/desktop/addons/report-generation/"
_GITLAB = ("scan", "vulnerabilities")  # GitLab's DAST report repeats ZAP's beside its own list
_BESIDE = {
    "@programName": "scanner",
    "@version": "tool_version",
    "@generated": "scanned_at",
    "created": "scanned_at",
}


@sdk.parser(
    id="zap-xml",
    scanner="ZAP",
    title="ZAP XML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("OWASPZAPReport"),
    versions="2.4 and later, traditional XML report, also with requests and responses",
)
def zap_xml(report: sdk.Report) -> sdk.Findings:
    """`zap-baseline.py -t https://app.example -x zap.xml`, or Report → Generate Report → Traditional XML"""
    about = report.xml_root().attributes
    yield _header(
        about.get("programName"), about.get("version"), about.get("created") or about.get("generated")
    )
    asset: str | None = None
    for node in report.xml("site/alerts/alertitem", "site"):
        if node.pattern == "site":
            name = sdk.text(node.value.get("name"))
            asset = asset or sdk.text(node.value.get("host"))
            yield sdk.ReportHeader(asset=asset, asset_kind="site", targets=sdk.texts(name))
        else:
            site = next(node.value.iterancestors("site")).get("name")
            yield from report.read_one(node, partial(_alert_item, site))


@sdk.parser(
    id="zap-json",
    scanner="ZAP",
    title="ZAP JSON",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("@version", "site.item.@name", later=("site.item.alerts",), absent=_GITLAB),
        sdk.JsonKeys("@version", "@generated", "site", absent=_GITLAB),
        sdk.JsonKeys("site.item.@name", "site.item.alerts.item.pluginid", absent=_GITLAB),
    ),
    versions="2.4 and later, traditional JSON report, also with requests and responses",
)
def zap_json(report: sdk.Report) -> sdk.Findings:
    """`zap-baseline.py -t https://app.example -J zap.json`, or Report → Generate Report → Traditional JSON"""
    said: dict[str, sdk.Json] = {}
    site = asset = None
    for node in report.json(*_BESIDE, "site.item.@name", "site.item.alerts.item", required="site.item"):
        if node.pattern in _BESIDE:
            said[_BESIDE[node.pattern]] = node.value
        elif node.pattern == "site.item.@name":
            site = sdk.text(node.value)
            asset = asset or sdk.at_url(site).host
            yield sdk.ReportHeader(asset=asset, asset_kind="site", targets=sdk.texts(site))
        else:
            yield from report.read_one(node, partial(zap.alert, site))
    yield _header(said.get("scanner"), said.get("tool_version"), said.get("scanned_at"))


def _header(program: sdk.Json, version: sdk.Json, date: sdk.Json) -> sdk.ReportHeader:
    version = sdk.text(version)
    return sdk.ReportHeader(
        scanner=sdk.text(program),
        tool_version=version.removeprefix("D-") if version else None,
        scanned_at=sdk.timestamp(date),
    )


def _as_json(item: sdk.XmlElement) -> dict[str, sdk.Json]:
    """An `alertitem` in the shape that the JSON report gives an alert."""
    alert: dict[str, sdk.Json] = sdk.child_texts(item)
    alert["instances"] = [{c.tag: c.text for c in each} for each in item.iterfind("instances/instance")]
    alert["tags"] = [{"tag": each.findtext("tag")} for each in item.iterfind("tags/tag")]
    return alert


def _alert_item(site: str | None, item: sdk.XmlElement) -> sdk.Findings:
    yield from zap.alert(site, _as_json(item))
