"""A mapping as a format: recognised and read like those that are programmed, in the same child and within the same limits."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import msgspec

from hauberk.domain.finding import FindingKind
from hauberk.domain.severity import Severity
from hauberk.parsers import sdk
from hauberk.parsers.mapping import document
from hauberk.parsers.mapping.checking import InvalidMapping, Problem
from hauberk.parsers.mapping.document import Mapping
from hauberk.parsers.mapping.parts import Part
from hauberk.parsers.mapping.paths import Item
from hauberk.parsers.mapping.text import BrokenTextError, load
from hauberk.parsers.mapping.values import Value

PREFIX: Final = "mapping:"
"""What ids of mapped formats begin with: they never collide with one that is programmed."""
_INTEGERS: Final = ("line", "end_line", "column", "port")


def is_mapped(format_id: str | None) -> bool:
    return format_id is not None and format_id.startswith(PREFIX)


def read(text: str) -> tuple[Any, Mapping]:
    """The document as plain data, and compiled. Raises InvalidMapping."""
    try:
        data, lines = load(text)
    except BrokenTextError as error:
        raise InvalidMapping([Problem("", error.line, error.message)]) from error
    return data, document.compiled(data, lines)


def of_data(data: Any) -> Mapping:
    """Of a document that was read before."""
    return document.compiled(data, {})


def parser(mapping: Mapping) -> sdk.Parser:
    """The format that the mapping describes."""
    info = sdk.FormatInfo(
        id=PREFIX + mapping.id,
        scanner=mapping.scanner,
        title=mapping.title,
        kinds=_kinds(mapping),
        docs=mapping.docs,
        export=mapping.export,
    )
    return sdk.Parser(
        info=info,
        sniff=_sniff(mapping),
        items=_Items(mapping),
        header=mapping.header,
        function=_Reader(mapping),
    )


def parsers_of(documents: Iterable[Any]) -> list[sdk.Parser]:
    return [parser(of_data(each)) for each in documents]


def version_of(documents: Sequence[Any]) -> bytes:
    """Other documents read other things: what is known word for word is then read anew."""
    return blake2b(msgspec.msgpack.encode(documents), digest_size=16).digest() if documents else b""


def _kinds(mapping: Mapping) -> tuple[FindingKind, ...]:
    own = mapping.finding.get("kind")
    named = () if own is None else (*own.table.values(), *(() if own.default is None else (own.default,)))
    return tuple(dict.fromkeys((mapping.kind, *map(FindingKind, named))))


def _sniff(mapping: Mapping) -> sdk.Sniff:
    wanted, container = mapping.recognise, mapping.items.container
    if wanted is None:
        return lambda _probe: 0
    paths = tuple(wanted.get("paths", ()))
    values = {path: re.escape(text) for path, text in wanted.get("values", {}).items()}
    if container == "csv":
        return sdk.CsvHeader(*wanted["columns"])
    if container == "xml":
        return sdk.XmlRoot(wanted["root"], *paths, values=values)
    if container == "json_lines":
        return sdk.JsonLineKeys(*paths, values=values)
    return sdk.JsonKeys(*paths, values=values)


@dataclass(frozen=True)
class _Items:
    """The items of the container, each with its own name in an object."""

    mapping: Mapping

    def nodes(self, report: sdk.Report, header: Sequence[str]) -> Iterator[sdk.Node]:
        wanted = self.mapping.items
        kinds: dict[str, Any] = {
            "json": lambda: sdk.JsonItems(wanted.path),
            "json_lines": sdk.JsonLines,
            "csv": lambda: sdk.CsvRows(*wanted.columns),
            "xml": lambda: sdk.XmlElements(wanted.path),
        }
        for node in kinds[wanted.container]().nodes(report, header):
            if node.pattern in header and node.pattern != wanted.path:
                yield node
            else:
                yield msgspec.structs.replace(node, value=Item(node.value, str(node.key)))


class _Reader:
    """What one item says. Called like the function of a programmed format."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping

    def __call__(self, item: Item) -> sdk.Findings:
        each = self.mapping.items.each
        if each is None:
            yield from self._finding(item)
            return
        inner = [found for value in each(item) for found in (value if isinstance(value, list) else (value,))]
        items = [Item(value, str(index), item.value) for index, value in enumerate(inner)]
        yield from sdk.each(items, self._finding, f"{item.key}, item ")

    def _finding(self, item: Item) -> sdk.Findings:
        mapping, one = self.mapping, self._one
        if not all(condition.holds(item) for condition in mapping.items.only):
            return
        title = one(item, "title")
        if title is None:
            raise sdk.UnreadableItem("it has no title: nothing stands where the mapping says")
        severity, word = self._severity(item)
        yield sdk.ReportedFinding(
            kind=FindingKind(self._word(item, "kind", FindingKind) or mapping.kind),
            title=title,
            severity=severity,
            severity_reported=word,
            rule_id=one(item, "rule_id"),
            rule_name=one(item, "rule_name"),
            description=self._paragraphs(item, "description"),
            remediation=self._paragraphs(item, "remediation"),
            identifiers=self._identifiers(item),
            cwes=sdk.cwes(self._all(item, "cwes")),
            cvss=sdk.assessments(*self._assessments(item)),
            epss=sdk.number(one(item, "epss")),
            known_exploited=(one(item, "known_exploited") or "").lower() in ("true", "yes", "1") or None,
            locations=tuple(self._locations(item)),
            components=tuple(self._components(item)),
            references=sdk.urls(self._all(item, "references")),
            tags=tuple(self._all(item, "tags")),
            confidence=one(item, "confidence"),
            stable_id=one(item, "stable_id"),
            suppression=self._suppression(item),
            target=one(item, "target"),
            found_at=sdk.timestamp(one(item, "found_at"), *mapping.date_formats),
            secret=one(item, "secret"),
        )

    def _one(self, item: Item, name: str) -> str | None:
        value = self.mapping.finding.get(name)
        return None if value is None else value.one(item)

    def _all(self, item: Item, name: str) -> list[str]:
        value = self.mapping.finding.get(name)
        return [] if value is None else value.all(item)

    def _paragraphs(self, item: Item, name: str) -> str | None:
        value = self.mapping.finding.get(name)
        return None if value is None else "\n\n".join(value.parts(item)) or None

    def _word(self, item: Item, name: str, known: type[FindingKind]) -> FindingKind | None:
        word = self._one(item, name)
        return known(word) if word is not None and word in set(known) else None

    def _severity(self, item: Item) -> tuple[Severity, str | None]:
        """By the mapping's table, else by common words; by a score only where there is no word."""
        value = self.mapping.finding["severity"]
        bare = next((word for find in value.finds for word in sdk.texts([*find(item)])), None)
        meant = value.one(item)
        found = Severity(meant) if meant in set(Severity) else sdk.severity(meant)
        if found is Severity.UNKNOWN and self.mapping.score is not None:
            found = sdk.severity_of_score(self.mapping.score.one(item))
        return found, bare or meant

    def _identifiers(self, item: Item) -> tuple[str, ...]:
        """Names of known schemes wherever they stand in the text; else the text as it is."""
        found = [name for text in self._all(item, "identifiers") for name in sdk.identifiers(text) or (text,)]
        return tuple(dict.fromkeys(found))

    def _locations(self, item: Item) -> Iterator[sdk.Location]:
        for said in _said(self.mapping.locations, item):
            place = {name: _integer(name, word) for name, word in said.items() if name not in ("url", "host")}
            at = sdk.at_url(said.get("url") or said.get("host") or "")
            whole = msgspec.structs.asdict(at) | {
                name: value for name, value in place.items() if value is not None
            }
            yield sdk.Location(**whole)

    def _components(self, item: Item) -> Iterator[sdk.Component]:
        for part in self.mapping.components:
            for inner in _each(part, item):
                said = {
                    name: value.one(inner) for name, value in part.fields.items() if name != "fixed_versions"
                }
                if said.get("name") or said.get("purl"):
                    fixed = part.fields.get("fixed_versions")
                    said["name"] = said.get("name") or said["purl"]
                    yield sdk.Component(fixed_versions=tuple(fixed.all(inner)) if fixed else (), **said)  # type: ignore[arg-type]

    def _assessments(self, item: Item) -> Iterator[tuple[Any, ...]]:
        for said in _said(self.mapping.cvss, item):
            yield said.get("vector"), said.get("score"), said.get("source"), said.get("version")

    def _suppression(self, item: Item) -> sdk.Suppression | None:
        conditions = self.mapping.suppressed
        if not conditions or not all(condition.holds(item) for condition in conditions):
            return None
        return sdk.Suppression(
            justification=None if self.mapping.reason is None else self.mapping.reason.one(item)
        )


def _each(part: Part, item: Item) -> Iterator[Item]:
    if part.each is None:
        yield item
        return
    for value in part.each(item):
        for index, inner in enumerate(value if isinstance(value, list) else (value,)):
            yield Item(inner, str(index), item.value)


def _said(parts: list[Part], item: Item) -> Iterator[dict[str, str]]:
    """The fields that have something, for each thing that has any."""
    for part in parts:
        for inner in _each(part, item):
            said = {
                name: word for name, value in part.fields.items() if (word := value.one(inner)) is not None
            }
            if said:
                yield said


def _integer(name: str, word: str) -> Any:
    if name not in _INTEGERS:
        return word
    return sdk.integer(word, maximum=65_535) if name == "port" else sdk.line(word)


def silent(mapping: Mapping) -> list[Value]:
    """The values that found nothing in what was read so far."""
    return [value for value in mapping.values if not value.has_found and value.finds]
