"""AIDE: files that were added, removed or changed since the database of a machine was made."""

import re
from collections.abc import Iterable

from hauberk.parsers import sdk

_DOCS = "https://aide.github.io/doc/"
_SECTION = re.compile(r"(Added|Removed|Changed) (?:entries|files):")  # `Added entries:`
_ENTRY = re.compile(r"(?:[a-zA-Z?][^:]{0,60}: |(?:added|removed|changed): )(?P<path>/.*)")
_DETAIL = re.compile(r"(?:File|Directory|Link|FIFO|Device|Socket|Entry): (?P<path>/.*)")
_ABOUT = re.compile(r"Start timestamp: (?P<date>\S+ \S+ \S+) \(AIDE (?P<version>\S+?)\)")
_CHANGES = ("added", "removed", "changed")
# With `report_summarize_changes` objects, else lists; without `report_grouped` all in one.
_ENTRIES = tuple(f"{name}.{each}" for name in (*_CHANGES, "entries") for each in ("*", "item"))
_MOMENT = "%Y-%m-%d %H:%M:%S %z"


@sdk.parser(
    id="aide-text",
    scanner="AIDE",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^AIDE found (?:NO )?differences"),
        sdk.TextLines(r"^AIDE \d+\.\d+\S* found (?:NO )?differences"),
        sdk.TextLines(r"^Start timestamp: .* \(AIDE \d"),
    ),
    versions="0.15 and later",
)
def aide(report: sdk.Report) -> sdk.Findings:
    """`aide --check > aide.txt`"""
    details = _details(report)
    section = ""
    for node in report.lines():
        line = node.value.strip()
        if about := _ABOUT.match(line):
            yield sdk.ReportHeader(
                tool_version=about["version"], scanned_at=sdk.timestamp(about["date"], _MOMENT)
            )
        elif heading := _SECTION.fullmatch(line):
            section = heading[1].lower()
        elif line.startswith(("Detailed information", "The attributes of")):
            section = ""
        elif section and (entry := _ENTRY.fullmatch(line)):
            yield _finding(section, entry["path"], details.get(entry["path"], ()))


@sdk.parser(
    id="aide-json",
    scanner="AIDE",
    title="AIDE JSON",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("aide_version", "outline"),
    versions="0.18 and later",
)
def aide_json(report: sdk.Report) -> sdk.Findings:
    """`aide --check` with `report_format=json` and `report_url=file:/var/log/aide.json` in aide.conf"""
    about = {node.pattern: node.value for node in report.json("aide_version", "start_time", "details")}
    yield sdk.ReportHeader(
        tool_version=sdk.text(about.get("aide_version")),
        scanned_at=sdk.timestamp(about.get("start_time"), _MOMENT),
    )
    details = about.get("details") or {}
    for node in report.json(*_ENTRIES):
        section, is_named, _ = node.pattern.partition(".*")
        path = str(node.key if is_named else node.value)
        told = [_told(name, values) for name, values in (details.get(path) or {}).items()]
        yield _finding(
            _change(str(node.value)) if section == "entries" else section.removesuffix(".item"), path, told
        )


def _change(said: str) -> str:
    """A word, or a summary: `f++++++++++++++++`, `f----------------`, `f   ...    .C...`."""
    return said if said in _CHANGES else {"+": "added", "-": "removed"}.get(said[1:2], "changed")


def _told(name: str, values: sdk.Json) -> str:
    old, new = (", ".join(sdk.texts(sdk.pick(values, each))) for each in ("old", "new"))
    return f"{name}: {old or '-'} | {new or '-'}"


def _finding(section: str, path: str, details: Iterable[str]) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"File {section}: {path}",
        severity=sdk.Severity.MEDIUM,  # AIDE rates nothing
        rule_id=f"File {section}: {path}",  # each file is a matter of its own
        locations=(sdk.Location(path=path, evidence="\n".join(details) or None),),
    )


def _details(report: sdk.Report) -> dict[str, list[str]]:
    """What changed of each file: it stands below the list of them."""
    details: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for node in report.lines():
        if heading := _DETAIL.fullmatch(node.value.strip()):
            lines = details.setdefault(heading["path"], [])
        elif not node.value.strip() or node.value.startswith("---"):
            lines = None
        elif lines is not None and len(lines) < 100:
            lines.append(node.value.strip())
    return details
