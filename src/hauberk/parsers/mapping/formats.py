"""A mapping as a format: recognised and read like those that are programmed, in the same child and within the same limits."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
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

PREFIX: Final = "mapping:"
"""What ids of mapped formats begin with: they never collide with one that is programmed."""
_INTEGERS: Final = ("line", "end_line", "column", "port")
_SEVERITIES: Final = {each.value: each for each in Severity}
_KINDS: Final = {each.value: each for each in FindingKind}
_COMMA: Final = re.compile(r"\d+,\d+")
_WHAT: Final = {
    "severity": "severity that is known: put it into `map`",
    "kind": "kind of finding: put it into `map`",
    "found_at": "date that is known: put how it is written into `date_formats`",
    "url": "whole address with its scheme, as in `https://host/path`",
    "vector": "CVSS vector",
    "score": "CVSS score from 0 to 10",
    **dict.fromkeys(("line", "end_line", "column", "port", "epss"), "number of that kind"),
}


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
                yield msgspec.structs.replace(node, value=Item(node.value, node.key))


class _Reader:
    """What one item says. Called like the function of a programmed format."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping

    def __call__(self, item: Item) -> sdk.Findings:
        each = self.mapping.items.each
        if each is None:
            yield from self._finding(item)
            return
        yield from sdk.each(each(item), self._finding, f"{item.key}, item ")

    def _finding(self, item: Item) -> sdk.Findings:
        mapping, one = self.mapping, self._one
        if not all(condition.holds(item) for condition in mapping.items.only):
            return
        title = one(item, "title")
        if title is None:
            raise sdk.UnreadableItem("it has no title: nothing stands where the mapping says")
        severity, word = self._severity(item)
        yield sdk.ReportedFinding(
            kind=self._meant(item, "kind", _KINDS.get) or mapping.kind,
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
            epss=self._meant(item, "epss", _decimal),
            known_exploited=(one(item, "known_exploited") or "").lower() in ("true", "yes", "1") or None,
            locations=tuple(self._locations(item)),
            components=tuple(self._components(item)),
            references=sdk.links(self._all(item, "references")),
            tags=tuple(self._all(item, "tags")),
            confidence=one(item, "confidence"),
            stable_id=one(item, "stable_id"),
            suppression=self._suppression(item),
            target=one(item, "target"),
            found_at=self._meant(item, "found_at", self._moment),
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

    def _meant(self, item: Item, name: str, meaning: Callable[[str], Any]) -> Any:
        """What the field's text means; None where nothing stands there, or nothing that can be used."""
        value, word = self.mapping.finding.get(name), self._one(item, name)
        return None if value is None or word is None else value.usable(word, meaning(word))

    def _moment(self, word: str) -> datetime | None:
        return sdk.timestamp(word, *self.mapping.date_formats)

    def _severity(self, item: Item) -> tuple[Severity, str | None]:
        """By the mapping's table, else by common words; by a score only where there is no word."""
        value = self.mapping.finding["severity"]
        bare = next((word for find in value.finds for word in sdk.texts([*find(item)])), None)
        meant = value.one(item)
        found = _SEVERITIES.get(meant or "") or sdk.severity(meant)
        rating = None if self.mapping.score is None else _decimal(self.mapping.score.one(item))
        if found is Severity.UNKNOWN and rating is not None:
            found = sdk.severity_of_score(rating)
        value.usable(meant, None if found is Severity.UNKNOWN != meant else found)
        return found, bare or meant

    def _identifiers(self, item: Item) -> tuple[str, ...]:
        """Names of known schemes wherever they stand in the text; else the text as it is."""
        found = [name for text in self._all(item, "identifiers") for name in sdk.identifiers(text) or (text,)]
        return tuple(dict.fromkeys(found))

    def _locations(self, item: Item) -> Iterator[sdk.Location]:
        for part, said in _said(self.mapping.locations, item):
            address = sdk.at_url(said.get("url"))
            host = sdk.at_url(said.get("host"))
            if "url" in said:
                part.fields["url"].usable(said["url"], address.url)
            numbers = {
                name: part.fields[name].usable(said[name], _integer(name, said[name]))
                for name in _INTEGERS
                if name in said
            }
            if numbers.get("port") is None:
                numbers["port"] = address.port or host.port
            yield sdk.Location(
                **{name: word for name, word in said.items() if name not in ("url", "host", *_INTEGERS)},  # type: ignore[arg-type]
                **numbers,
                url=address.url,
                host=host.host or address.host,
            )

    def _components(self, item: Item) -> Iterator[sdk.Component]:
        for part in self.mapping.components:
            for inner in _inner(part, item):
                said = {
                    name: value.one(inner) for name, value in part.fields.items() if name != "fixed_versions"
                }
                if said.get("name") or said.get("purl"):
                    fixed = part.fields.get("fixed_versions")
                    said["name"] = said.get("name") or said["purl"]
                    yield sdk.Component(fixed_versions=tuple(fixed.all(inner)) if fixed else (), **said)  # type: ignore[arg-type]

    def _assessments(self, item: Item) -> Iterator[tuple[Any, ...]]:
        for part, said in _said(self.mapping.cvss, item):
            given = said.get("vector"), _decimal(said.get("score")), said.get("source"), said.get("version")
            for name in ("vector", "score"):
                if name in said:
                    part.fields[name].usable(said[name], sdk.cvss(*given))
            yield given

    def _suppression(self, item: Item) -> sdk.Suppression | None:
        conditions = self.mapping.suppressed
        if not conditions or not all(condition.holds(item) for condition in conditions):
            return None
        return sdk.Suppression(
            justification=None if self.mapping.reason is None else self.mapping.reason.one(item)
        )


def _inner(part: Part, item: Item) -> list[Item]:
    return [item] if part.each is None else part.each(item)


def _said(parts: list[Part], item: Item) -> Iterator[tuple[Part, dict[str, str]]]:
    """The fields that have something, for each thing that has any."""
    for part in parts:
        for inner in _inner(part, item):
            said = {
                name: word for name, value in part.fields.items() if (word := value.one(inner)) is not None
            }
            if said:
                yield part, said


def _integer(name: str, word: str) -> int | None:
    return sdk.integer(word, maximum=65_535) if name == "port" else sdk.line(word)


def _decimal(word: str | None) -> float | None:
    """Also as tables in many languages write it: `7,5`."""
    return sdk.number(word.replace(",", ".") if word and _COMMA.fullmatch(word) else word)


def remarks(read_by: sdk.Parser) -> list[tuple[str, str]]:
    """The mapping's fields that found nothing in what was read so far, or nothing that can be used; and what to say of that."""
    mapping = read_by.items.mapping if isinstance(read_by.items, _Items) else None
    if mapping is None:
        return []
    silent = [
        (each.name, "Nothing stands there in this sample.")
        for each in mapping.values
        if not each.has_found and each.finds
    ]
    unclear = [
        (
            each.name,
            f"“{each.unclear}” stands there, which is no {_WHAT.get(_last(each.name), 'such value')}.",
        )
        for each in mapping.values
        if each.unclear is not None
    ]
    return silent + unclear


def _last(name: str) -> str:
    return name.rpartition(".")[2]
