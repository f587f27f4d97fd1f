"""Wapiti: a web application scanner. A kind of vulnerability holds the entries that were found of it."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import wapiti

_DOCS = "https://github.com/wapiti-scanner/wapiti#how-to-get-help"
_SECTIONS = {"vulnerabilities": "vulnerability", "anomalies": "anomaly", "additionals": "additional"}


@sdk.parser(
    id="wapiti-xml",
    scanner="Wapiti",
    title="Wapiti XML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("report", "report_infos/info", values={"type": "security"}),
    versions="3.0 and later",
)
def wapiti_xml(report: sdk.Report) -> sdk.Findings:
    """`wapiti -u https://app.example/ -f xml -o wapiti.xml`"""
    about: dict[str | None, str | None] = {}
    for node in report.xml("report_infos/info"):
        about[node.value.get("name")] = sdk.text(node.value.text)
    yield _header(about.get("target"), about.get("generatorVersion"), about.get("dateOfScan"))
    paths = (f"{section}/{kind}" for section, kind in _SECTIONS.items())
    yield from report.read(report.xml(*paths), partial(_kind, about.get("target")))


@sdk.parser(
    id="wapiti-json",
    scanner="Wapiti",
    title="Wapiti JSON",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("classifications", "vulnerabilities", "anomalies"),
    versions="3.0 and later",
)
def wapiti_json(report: sdk.Report) -> sdk.Findings:
    """`wapiti -u https://app.example/ -f json -o wapiti.json`"""
    infos: sdk.Json = next((node.value for node in report.json("infos")), None) or {}
    target = sdk.text(infos.get("target"))
    yield _header(target, sdk.text(infos.get("version")), sdk.text(infos.get("date")))
    known = {str(node.key): node.value for node in report.json("classifications.*")}
    for node in report.json(*(f"{section}.*.item" for section in _SECTIONS)):
        name = node.container.partition(".")[2]
        told = known.get(name) or {}
        turned = {address: title for title, address in (told.get("ref") or {}).items()}
        about = {"name": name, "desc": told.get("desc"), "sol": told.get("sol"), "ref": turned}
        yield from report.read_one(node, partial(wapiti.entry, target, about))


def _kind(target: str | None, kind: sdk.XmlElement) -> sdk.Findings:
    references = {
        each.findtext("url"): each.findtext("title") for each in kind.iterfind("references/reference")
    }
    about = {
        "name": kind.attrib["name"],
        "desc": kind.findtext("description"),
        "sol": kind.findtext("solution"),
        "ref": references,
    }
    for entry in kind.iterfind("entries/entry"):
        told: dict[str, sdk.Json] = sdk.child_texts(entry)
        told["wstg"] = [code.text for code in entry.iterfind("wstg/code")]
        yield from wapiti.entry(target, about, told)


def _header(target: str | None, version: str | None, date: str | None) -> sdk.ReportHeader:
    host = sdk.at_url(target).host
    named = version.removeprefix("Wapiti ") if version else None
    return sdk.ReportHeader(
        asset=host,
        asset_kind="site",
        targets=sdk.texts(target),
        tool_version=named,
        scanned_at=sdk.timestamp(date),
    )
