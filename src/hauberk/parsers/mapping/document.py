"""The mapping document: its fields, checked and compiled into what reads an item. The guide is `map-a-report.md`."""

import re
from dataclasses import dataclass
from typing import Any, Final

from hauberk.domain.finding import FindingKind
from hauberk.parsers.mapping.checking import Checker
from hauberk.parsers.mapping.parts import SEVERITIES, Items, Part, Taking
from hauberk.parsers.mapping.paths import Container
from hauberk.parsers.mapping.text import Lines
from hauberk.parsers.mapping.values import Condition, Value

VERSION: Final = "1"
ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KINDS: Final = tuple(kind.value for kind in FindingKind)
HEADER: Final = ("tool_version", "scanned_at", "asset", "ref", "scope")
FINDING: Final = (
    *(
        "title",
        "severity",
        "kind",
        "rule_id",
        "rule_name",
        "description",
        "remediation",
        "identifiers",
        "cwes",
    ),
    *(
        "epss",
        "known_exploited",
        "references",
        "tags",
        "confidence",
        "stable_id",
        "target",
        "found_at",
        "secret",
    ),
)
LOCATION: Final = (
    *("path", "line", "end_line", "column", "symbol", "snippet", "commit", "url", "method", "parameter"),
    *("host", "port", "protocol", "resource", "message", "evidence"),
)
COMPONENT: Final = ("name", "version", "purl", "fixed_versions", "path", "layer")
CVSS: Final = ("score", "vector", "version", "source")
_TOP: Final = (
    *("mapping", "id", "scanner", "title", "docs", "export", "kind", "recognise", "items", "header"),
    *("finding", "locations", "components", "cvss", "suppressed", "date_formats"),
)


@dataclass
class Mapping:
    """A sound mapping, ready to read."""

    id: str
    scanner: str
    title: str
    docs: str
    export: str
    kind: FindingKind
    items: Items
    recognise: dict[str, Any] | None
    header: dict[str, str]
    finding: dict[str, Value]
    score: Value | None
    locations: list[Part]
    components: list[Part]
    cvss: list[Part]
    suppressed: list[Condition]
    reason: Value | None
    date_formats: tuple[str, ...]
    values: list[Value]
    """All of them, to tell which never found anything."""


def compiled(data: Any, lines: Lines) -> Mapping:
    """Raises InvalidMapping with everything that is wrong with it."""
    checker = Checker(lines)
    taking = Taking(checker)
    said = checker.object(data, (), _TOP, ("mapping", "id", "scanner", "kind", "items", "finding"))
    if "mapping" in said and said["mapping"] != VERSION:
        checker.fail(("mapping",), f"This is the version of the mapping format; there is only {VERSION}.")
    texts: dict[str, str] = {
        name: checker.text(said[name], (name,), limit=300) or ""
        for name in ("id", "scanner", "title", "docs", "export")
        if name in said
    }
    _check_about(checker, texts)
    kind = checker.word(said["kind"], ("kind",), KINDS) if "kind" in said else None
    items = taking.items(said.get("items", {}), ("items",)) if "items" in said else Items("json", "")
    finding = checker.object(said.get("finding", {}), ("finding",), FINDING, ("title", "severity"))
    words = {"severity": SEVERITIES, "kind": KINDS}
    values = {name: taking.value(each, ("finding", name), words.get(name)) for name, each in finding.items()}
    severity = finding.get("severity")
    score = severity.get("score") if isinstance(severity, dict) else None
    suppressed = said.get("suppressed")
    reason = suppressed.pop("reason", None) if isinstance(suppressed, dict) else None
    mapping = Mapping(
        id=texts.get("id", ""),
        scanner=texts.get("scanner", ""),
        title=texts.get("title") or texts.get("scanner", ""),
        docs=texts.get("docs", ""),
        export=texts.get("export", ""),
        kind=FindingKind(kind or "manual"),
        items=items,
        recognise=_recognition(checker, said.get("recognise"), items.container),
        header=_header(checker, said.get("header"), items.container),
        finding={name: value for name, value in values.items() if value is not None},
        score=taking.value(score, ("finding", "severity", "score")) if score is not None else None,
        locations=taking.parts(said.get("locations"), ("locations",), LOCATION),
        components=taking.parts(said.get("components"), ("components",), COMPONENT),
        cvss=taking.parts(said.get("cvss"), ("cvss",), CVSS),
        suppressed=taking.conditions(suppressed, ("suppressed",)),
        reason=None if reason is None else taking.value(reason, ("suppressed", "reason")),
        date_formats=tuple(checker.texts(said["date_formats"], ("date_formats",)))
        if "date_formats" in said
        else (),
        values=taking.values,
    )
    checker.finish()
    return mapping


def _check_about(checker: Checker, texts: dict[str, str]) -> None:
    if texts.get("id") and not (ID.fullmatch(texts["id"]) and len(texts["id"]) <= 60):
        checker.fail(("id",), "An id is at most 60 small letters, digits and hyphens: “acme-scan”.")
    if texts.get("docs") and not texts["docs"].startswith("https://"):
        checker.fail(("docs",), "This must be an address: “https://…”.")


def _header(checker: Checker, given: Any, container: Container) -> dict[str, str]:
    if given is None:
        return {}
    if container not in ("json", "xml"):
        checker.fail(("header",), "Only a JSON document or XML has something beside its items.")
        return {}
    said = checker.object(given, ("header",), HEADER)
    taken = {name: checker.text(path, ("header", name), limit=300) for name, path in said.items()}
    return {name: path for name, path in taken.items() if path is not None}


def _recognition(checker: Checker, given: Any, container: Container) -> dict[str, Any] | None:
    """Without it a report is read by this mapping only where `format` names it."""
    if given is None:
        return None
    known = {"csv": ("columns",), "xml": ("root", "paths", "values")}.get(container, ("paths", "values"))
    said = checker.object(given, ("recognise",), known, () if container != "xml" else ("root",))
    found: dict[str, Any] = {
        name: checker.texts(said[name], ("recognise", name)) for name in ("paths", "columns") if name in said
    }
    if "values" in said:
        found["values"] = checker.table(said["values"], ("recognise", "values"))
        # Names are looked up as they are written: paths and attributes have their case.
        found["values"] = (
            dict(zip(said["values"], found["values"].values(), strict=False))
            if isinstance(said["values"], dict)
            else {}
        )
    if "root" in said:
        found["root"] = checker.text(said["root"], ("recognise", "root"))
    if not found:
        checker.fail(("recognise",), f"Say by what it is recognised: {', '.join(known)}.")
    return found
