"""Wapiti: a web application scanner. A kind of vulnerability holds the entries that were found of it."""

from functools import partial
from urllib.parse import urljoin

import msgspec

from hauberk.parsers import sdk

_DOCS = "https://github.com/wapiti-scanner/wapiti#how-to-get-help"
_SECTIONS = {"vulnerabilities": "vulnerability", "anomalies": "anomaly", "additionals": "additional"}
_LEVELS: sdk.Scale = {  # wapitiCore: INFO_LEVEL to CRITICAL_LEVEL
    "0": sdk.Severity.INFO,
    "1": sdk.Severity.LOW,
    "2": sdk.Severity.MEDIUM,
    "3": sdk.Severity.HIGH,
    "4": sdk.Severity.CRITICAL,
}


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
        told: dict[str, sdk.Json] = {sdk.local_name(child.tag): child.text for child in entry}
        told["wstg"] = [code.text for code in entry.iterfind("wstg/code")]
        yield from _entry(target, about, told)


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
        yield from report.read_one(node, partial(_entry, target, about))


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


def _short(info: str) -> str:
    """The first line; a technology is told as JSON (`{"name": "nginx", "versions": ["1.18"], …}`)."""
    try:
        known = msgspec.json.decode(info)
    except msgspec.DecodeError:
        known = None
    if not isinstance(known, dict) or not known.get("name"):
        return info.split("\n", 1)[0]
    return " ".join(sdk.texts([known["name"], *sdk.texts(known.get("versions"))]))


def _entry(target: str | None, about: sdk.Json, entry: sdk.Json) -> sdk.Findings:
    level, info = sdk.text(entry.get("level")), sdk.text(entry.get("info"))
    request = sdk.text(entry.get("http_request"))
    references = about["ref"]
    title = f"{about['name']}: {_short(info)}" if info else about["name"]
    parameter = sdk.text(entry.get("parameter"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=title,
        severity=sdk.severity(level, _LEVELS),
        severity_reported=level,
        rule_id=about["name"] if parameter else title,  # a page may lack several headers
        description=sdk.paragraphs(info, about["desc"]),
        remediation=sdk.text(about["sol"]),
        identifiers=sdk.identifiers(info),
        cwes=sdk.cwes(*(str(title) for title in references.values())),
        locations=(
            sdk.at_url(
                urljoin(target or "", sdk.text(entry.get("path")) or ""),
                method=sdk.text(entry.get("method")),
                parameter=parameter,
                evidence=sdk.paragraphs(request, entry.get("curl_command")),
            ),
        ),
        references=sdk.urls(list(references)),
        tags=sdk.texts([entry.get("module"), *sdk.texts(entry.get("wstg") or ())]),
        target=target,
    )
