"""GitLab's security reports: one shape for every kind of scan, schemas 2 to 15, and the bare lists before (GitLab 11)."""

import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from hauberk.parsers import sdk

DOCS = "https://docs.gitlab.com/development/integrations/secure/#report"
VERSIONS = "report schemas 2, 3, 14 and 15; GitLab 11's lists without one"
# The `severity` and `confidence` words of the schema; Undefined and Experimental only up to schema 3.
SEVERITIES: sdk.Scale = {
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
    "unknown": sdk.Severity.INFO,
    "undefined": sdk.Severity.INFO,
}
_UNSAID = ("unknown", "undefined", "ignore", "experimental")
# `Upgrade to versions 1.2.3, 1.3.1 or above`
_FIXED = re.compile(r"(?i)\b(?:to|versions?)\s+((?:v?\d[\w.+:~-]*(?:\s*(?:,|or|and)\s+)?)+)")
_VERSION = re.compile(r"v?\d[\w.+:~-]*(?<![.:-])")
_RESULTS = "vulnerabilities.item"
_OF_PACKAGES = (
    r"gemnasium.*|retire\.?js|bundler[-_]audit"  # what ran, where nothing else tells the kind of scan
)


def parser(
    id: str,  # noqa: A002 — as in sdk.parser
    *,
    scanner: str,
    kind: sdk.FindingKind,
    sniff: sdk.Sniff,
) -> Callable[[Callable[[sdk.Json], sdk.Findings]], sdk.Parser]:
    """Declares a report of one kind of scan; the function gets one of its vulnerabilities."""

    def declare(function: Callable[[sdk.Json], sdk.Findings]) -> sdk.Parser:
        @wraps(function)
        def read(report: sdk.Report) -> sdk.Findings:
            for node in results(report, "scan"):
                if node.pattern == "scan":
                    yield header(node.value)
                else:
                    yield from report.read_one(node, lambda said: function(at_its_place(said)))

        declared = sdk.parser(id=id, scanner=scanner, docs=DOCS, kinds=[kind], sniff=sniff, versions=VERSIONS)
        return declared(read)

    return declare


def results(report: sdk.Report, *beside: str) -> Iterator[sdk.Node]:
    """The vulnerabilities, and what was asked for beside them."""
    return report.json(_RESULTS, "item", *beside, required=_RESULTS if report.is_object else "item")


def at_its_place(said: sdk.Json) -> sdk.Json:
    """GitLab 11 had file and line beside the texts, and called the severity a priority."""
    if "location" in said or "file" not in said:
        return said
    place = {"file": said["file"], "start_line": said.get("line")}
    known = sdk.identifiers(said.get("cve"))
    return {
        "severity": said.get("priority"),
        "links": [{"url": said.get("url")}],
        "identifiers": [{"name": each, "value": each} for each in known],
        **said,
        "location": place,
    }


def sniff(scan_types: str, *shapes: sdk.Sniff) -> sdk.Sniff:
    """By the scan's type, which most write last; by the category (schemas to 14); by what a location looks like."""
    return sdk.AnyOf(
        sdk.JsonKeys("vulnerabilities", values={"scan.type": scan_types}),
        sdk.JsonKeys("vulnerabilities.item.location", values={"vulnerabilities.item.category": scan_types}),
        sdk.JsonKeys("item.location", "item.message", values={"item.category": scan_types}),
        *shapes,
    )


def located(*keys: str, absent: tuple[str, ...] = ()) -> sdk.Sniff:
    """A report that names no type: its first result's location has these keys."""
    return sdk.JsonKeys(
        "vulnerabilities.item.identifiers",
        *(f"vulnerabilities.item.location.{key}" for key in keys),
        absent=(
            "scan.type",
            "vulnerabilities.item.category",
            *(f"vulnerabilities.item.location.{key}" for key in absent),
        ),
    )


def listed(*keys: str, of_packages: bool) -> sdk.Sniff:
    """GitLab 11's list, which says what ran and not what for."""
    said = ("tool", "message", "url", *keys)
    other = r"(?!" + _OF_PACKAGES + r"$).*"
    return sdk.JsonKeys(
        *(f"item.{key}" for key in said), values={"item.tool": _OF_PACKAGES if of_packages else other}
    )


def header(scan: sdk.Json) -> sdk.ReportHeader:
    """The scanner is the one that GitLab ran: its results are the same ones wherever it runs."""
    return sdk.ReportHeader(
        scanner=sdk.text(sdk.pick(scan, "scanner.name")),
        tool_version=sdk.text(sdk.pick(scan, "scanner.version")),
        scanned_at=sdk.timestamp(sdk.pick(scan, "end_time")) or sdk.timestamp(sdk.pick(scan, "start_time")),
        targets=sdk.texts(
            [sdk.pick(each, "url") for each in sdk.listed(sdk.pick(scan, "scanned_resources"))]
        ),
    )


def finding(said: sdk.Json, kind: sdk.FindingKind, **placed: Any) -> sdk.ReportedFinding:
    """What all kinds of scan say alike; `placed` is where it is."""
    named = [each for each in sdk.listed(said.get("identifiers")) if isinstance(each, dict)]
    first = next((each for each in named if not _is_weakness(each)), {})
    word = sdk.text(said.get("severity"))  # which schemas leave out where it is Unknown
    return sdk.ReportedFinding(
        kind=kind,
        title=_title(said, first, placed.get("components") or ()),
        severity=sdk.severity(word or "unknown", SEVERITIES),
        severity_reported=word,
        rule_id=sdk.text(first.get("value")),
        rule_name=sdk.text(first.get("name")),
        description=sdk.first(said.get("description"), said.get("message")),
        remediation=sdk.text(said.get("solution")),
        identifiers=sdk.identifiers(*((each.get("value"), each.get("name")) for each in named)),
        cwes=sdk.cwes(*(each.get(key) for each in named if _is_weakness(each) for key in ("name", "value"))),
        cvss=sdk.assessments(*_assessments(said.get("cvss_vectors") or ())),
        references=sdk.urls(
            [link.get("url") for link in sdk.listed(said.get("links"))], [each.get("url") for each in named]
        ),
        tags=sdk.texts([flag.get("type") for flag in sdk.listed(said.get("flags"))]),
        confidence=_unless_unsaid(said.get("confidence")),
        stable_id=sdk.text(said.get("id")),
        partial_fingerprints=_tracked(said.get("tracking")),
        found_at=sdk.timestamp(said.get("discovered_at")),
        **placed,
    )


def in_file(said: sdk.Json, snippet: str | None = None) -> tuple[sdk.Location, ...]:
    place = said.get("location") or {}
    symbols = sdk.texts([place.get("class"), place.get("method")])
    return (
        sdk.Location(
            path=sdk.text(place.get("file")),
            line=sdk.line(place.get("start_line")),
            end_line=sdk.line(place.get("end_line")),
            column=sdk.line(place.get("start_column")),
            symbol=".".join(symbols) or None,
            snippet=snippet,
            commit=_commit(sdk.text(sdk.pick(place, "commit.sha"))),
        ),
    )


def component(said: sdk.Json, ecosystem: str | None, path: str | None) -> sdk.Component:
    """The dependency; where its name is missing, the composed `file:package:scanner:id` of older schemas has it."""
    dependency = sdk.pick(said, "location.dependency") or {}
    composed = (sdk.text(said.get("cve")) or "").split(":")
    name = sdk.text(sdk.pick(dependency, "package.name")) or (composed[1] if len(composed) == 4 else None)
    version = sdk.text(dependency.get("version"))
    return sdk.Component(
        name=name or "unknown package",
        version=version,
        purl=sdk.purl(ecosystem, name, version) if name else None,
        fixed_versions=fixed_versions(sdk.text(said.get("solution"))),
        path=path,
    )


def fixed_versions(solution: str | None) -> tuple[str, ...]:
    """From "Upgrade apt from 1.4.8 to 1.4.9", "Upgrade to versions 1.2, 2.0 or above."."""
    found = _FIXED.findall(solution or "")
    return sdk.texts([version for words in found for version in _VERSION.findall(words)])


def _title(said: sdk.Json, first: sdk.Json, components: tuple[sdk.Component, ...]) -> str:
    given = sdk.first(said.get("name"), said.get("message"))
    name = sdk.first(first.get("name"), said.get("cve")) or sdk.text(said.get("description")) or ""
    made = f"{name.splitlines()[0] if name else 'Unnamed result'}"
    return given or " in ".join([made, *(" ".join(sdk.texts([c.name, c.version])) for c in components[:1])])


def _is_weakness(named: sdk.Json) -> bool:
    return (sdk.text(named.get("type")) or "").lower() in ("cwe", "owasp")


def _assessments(vectors: sdk.Json) -> Iterator[sdk.Rating]:
    for each in vectors:
        yield each.get("vector"), None, sdk.text(each.get("vendor"))


def _tracked(tracking: sdk.Json) -> dict[str, str] | None:
    signatures = sdk.pick(tracking, "items.0.signatures") or ()
    return {
        str(each["algorithm"]): str(each["value"])
        for each in signatures
        if "algorithm" in each and "value" in each
    } or None


def _commit(sha: str | None) -> str | None:
    """Scans without history name the commit 0000000."""
    return sha if sha and sha.strip("0") else None


def _unless_unsaid(word: sdk.Json) -> str | None:
    said = sdk.text(word)
    return said if said and said.lower() not in _UNSAID else None
