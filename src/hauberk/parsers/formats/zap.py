"""ZAP: the Zed Attack Proxy, a scanner of running web applications. An alert's instances are its places."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from hauberk.parsers import sdk

_DOCS = "https://www.zaproxy.org/docs/desktop/addons/report-generation/"
_RISKS = {
    "3": sdk.Severity.HIGH,
    "2": sdk.Severity.MEDIUM,
    "1": sdk.Severity.LOW,
    "0": sdk.Severity.INFO,
}
_CONFIDENCES = {"0": "false positive", "1": "low", "2": "medium", "3": "high", "4": "confirmed"}
_PARAGRAPH = re.compile(r"</p>\s*<p>|<br\s*/?>")
_TAG = re.compile(r"</?p>")
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
    said: dict[str, Any] = {}
    site = asset = None
    for node in report.json(*_BESIDE, "site.item.@name", "site.item.alerts.item", required="site.item"):
        if node.pattern in _BESIDE:
            said[_BESIDE[node.pattern]] = node.value
        elif node.pattern == "site.item.@name":
            site = sdk.text(node.value)
            asset = asset or sdk.at_url(site).host
            yield sdk.ReportHeader(asset=asset, asset_kind="site", targets=sdk.texts(site))
        else:
            yield from report.read_one(node, partial(_alert, site))
    yield _header(said.get("scanner"), said.get("tool_version"), said.get("scanned_at"))


def _header(program: Any, version: Any, date: Any) -> sdk.ReportHeader:
    version = sdk.text(version)
    return sdk.ReportHeader(
        scanner=sdk.text(program),
        tool_version=version.removeprefix("D-") if version else None,
        scanned_at=sdk.timestamp(date),
    )


def _as_json(item: sdk.XmlElement) -> dict[str, Any]:
    """An `alertitem` in the shape that the JSON report gives an alert."""
    alert: dict[str, Any] = {sdk.local_name(child.tag): child.text for child in item}
    alert["instances"] = [{c.tag: c.text for c in each} for each in item.iterfind("instances/instance")]
    alert["tags"] = [{"tag": each.findtext("tag")} for each in item.iterfind("tags/tag")]
    return alert


def _alert_item(site: str | None, item: sdk.XmlElement) -> sdk.Findings:
    return _alert(site, _as_json(item))


def _alert(site: str | None, alert: sdk.Json) -> sdk.Findings:
    title = sdk.text(alert.get("name")) or sdk.text(alert["alert"])
    confidence = sdk.text(alert.get("confidence"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=title or "",
        severity=sdk.severity(alert.get("riskcode"), _RISKS),
        severity_reported=sdk.text(alert.get("riskdesc")) or sdk.text(alert.get("riskcode")),
        rule_id=sdk.text(alert.get("alertRef")) or sdk.text(alert["pluginid"]),
        description=_plain(alert.get("desc")),
        remediation=_plain(alert.get("solution")),
        cwes=sdk.cwes(alert.get("cweid")),
        identifiers=sdk.identifiers(*(tag.get("tag") for tag in alert.get("tags") or ())),
        locations=tuple(_places(alert, site)),
        references=sdk.urls((_plain(alert.get("reference")) or "").split()),
        tags=sdk.texts([tag.get("tag") for tag in alert.get("tags") or ()]),
        confidence=_CONFIDENCES.get(confidence or "", confidence),
        suppression=sdk.Suppression(justification="marked as a false positive in ZAP")
        if confidence == "0"
        else None,
        target=sdk.text(site),
    )


def _places(alert: sdk.Json, site: str | None) -> Iterator[sdk.Location]:
    for instance in alert.get("instances") or ({"uri": alert.get("uri") or site},):
        attack = sdk.text(instance.get("attack"))
        proof = (
            f"Attack: {attack}" if attack else None,
            instance.get("evidence"),
            _plain(instance.get("otherinfo")),
        )
        yield sdk.at_url(
            instance["uri"],
            method=sdk.text(instance.get("method")),
            parameter=sdk.text(instance.get("param")),
            evidence="\n".join(sdk.texts(proof)),
        )


def _plain(value: Any) -> str | None:
    """ZAP wraps its texts in paragraphs; nothing else of HTML is in them."""
    return sdk.text(_TAG.sub("", _PARAGRAPH.sub("\n", value))) if isinstance(value, str) else None
