"""MobSF up to version 3: the static analysis of an application, section by section.

The place of a result is the application: names of decompiled files change with every build, so they are context.
"""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import mobsf as dialect

# https://github.com/MobSF/Mobile-Security-Framework-MobSF: levels of its results, and the protection level of permissions
_SEVERITIES: sdk.Scale = {
    "high": sdk.Severity.HIGH,
    "dangerous": sdk.Severity.HIGH,
    "insecure": sdk.Severity.HIGH,
    "bad": sdk.Severity.HIGH,
    "warning": sdk.Severity.LOW,
    "medium": sdk.Severity.MEDIUM,
    **dict.fromkeys(
        ("info", "good", "secure", "normal", "signature", "signatureorsystem", "unknown", "hotspot"),
        sdk.Severity.INFO,
    ),
}
_SECTIONS = (
    *("permissions", "certificate_analysis", "manifest_analysis", "network_security", "code_analysis"),
    *("binary_analysis", "android_api", "ios_api", "ats_analysis", "firebase_urls", "macho_analysis"),
    *("manifest", "findings"),  # before version 1
)
_CERTIFICATE = ("severity", "description", "title")
_OPEN_DATABASE = {
    "title": "Firebase database is open",
    "severity": "high",
    "description": "The database can be read without authentication.",
}
_LISTS = ("findings", "manifest_findings", "network_findings", "certificate_findings", "ats_findings")


@sdk.parser(
    id="mobsf-json",
    scanner="MobSF",
    docs="https://mobsf.github.io/docs/#/rest_api",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("title", "file_name", "app_name", "md5", "sha256", values={"version": r"v?[0-3]\..*"}),
        sdk.JsonKeys("title", "name", "md5", "sha256", "packagename", "mainactivity", "manifest"),
    ),
    versions="0.9 to 3",
)
def mobsf(report: sdk.Report) -> sdk.Findings:
    """`POST /api/v1/report_json` with the scan's hash, saved as a file"""
    about = ("version", "package_name", "bundle_id", "timestamp", "packagename")
    said = {node.pattern: sdk.text(node.value) for node in report.json(*about)}
    app = sdk.first(*(said.get(name) for name in ("package_name", "bundle_id", "packagename")))
    yield sdk.ReportHeader(
        tool_version=said.get("version"), asset=app, scanned_at=sdk.timestamp(said.get("timestamp"))
    )
    for node in report.json(*_SECTIONS):
        yield from report.read_one(node, partial(_section, app, node.pattern))


def _section(app: str | None, section: str, content: sdk.Json) -> sdk.Findings:
    if isinstance(content, dict):
        content = next(
            (content[name] for name in _LISTS if isinstance(content.get(name), dict | list)), content
        )
    entries = list(content.items()) if isinstance(content, dict) else list(enumerate(content or ()))
    yield from sdk.each(entries, partial(_entry, app, section), section)


def _entry(app: str | None, section: str, named: tuple[str | int, sdk.Json]) -> sdk.Findings:
    if isinstance(named[1], dict | list):
        for said in _results(section, *named):
            yield from _finding(app, section, said)


def _results(section: str, name: str | int, entry: sdk.Json) -> list[dict[str, sdk.Json]]:
    """One entry of a section as flat results: what they are called differs from section to section."""
    if section == "certificate_analysis":
        return [dict(zip(_CERTIFICATE, entry, strict=False))] if isinstance(entry, list) else []
    if section == "firebase_urls":
        return [{**_OPEN_DATABASE, "url": entry["url"]}] if entry.get("open") else []
    if section == "ats_analysis" and (_is_setting(entry) or entry.get("severity") in ("info", "secure")):
        return []
    if "metadata" in entry:
        return [{"rule": name, "files": entry.get("files"), **entry["metadata"]}]
    if section == "binary_analysis" and "severity" not in entry and "stat" not in entry:
        return [
            {"path": entry.get("name"), "rule": check, **found}
            for check, found in entry.items()
            if isinstance(found, dict)
        ]
    result = {"rule": name if isinstance(name, str) else None, **entry}
    if isinstance(entry.get("path"), list):  # before version 1
        result |= {"path": None, "files": dict.fromkeys(entry["path"], "")}
    return [result]


def _is_setting(entry: dict[str, sdk.Json]) -> bool:
    """Up to version 3.3 every key of App Transport Security has an entry; what it leads to has one of its own."""
    return str(entry.get("issue")).startswith("NS")


def _finding(app: str | None, section: str, said: dict[str, sdk.Json]) -> sdk.Findings:
    text = sdk.first(*(said.get(key) for key in ("detailed_desc", "description", "desc")))
    rule = sdk.text(said.get("rule"))
    title = said.get("title") or said.get("issue") or said.get("name") or rule or text
    if section in ("code_analysis", "android_api", "ios_api", "network_security", "binary_analysis"):
        title = text or title
    word = sdk.first(*(said.get(key) for key in ("severity", "stat", "status", "level")))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=(sdk.plain(title) or section).replace("\n", " "),
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=rule or sdk.plain(title),
        description=sdk.plain(text),
        cwes=sdk.cwes(said.get("cwe")) or (dialect.MOBILE,),
        cvss=sdk.assessments((None, said.get("cvss") or None, "MobSF")),
        locations=tuple(_locations(app, said)),
        references=sdk.urls(said.get("ref"), said.get("reference")),
        tags=sdk.texts([section, *dialect.standards(said)]),
    )


def _locations(app: str | None, said: dict[str, sdk.Json]) -> Iterator[sdk.Location]:
    if said.get("url"):
        yield sdk.at_url(said["url"])
    elif said.get("path") or said.get("file"):
        yield sdk.Location(path=sdk.first(said.get("path"), said.get("file")))
    else:
        yield sdk.Location(resource=app)
    yield from dialect.places(said.get("files"))
