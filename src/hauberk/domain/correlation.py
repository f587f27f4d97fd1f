"""Findings of different kinds that probably come from one cause: links between them, never one finding.

Rules that can be told in words; what they do not say for sure is not said at all.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from hauberk.domain.finding import FindingKind
from hauberk.domain.fingerprint import clean_path, url_template

NEAR_LINES: Final = 3
MIN_NAME_CHARS: Final = 4
IN_FILES: Final = frozenset((FindingKind.SAST, FindingKind.SECRET, FindingKind.IAC))
REASONS: Final = {
    "same_vulnerability": "Both are about the same vulnerability.",
    "same_file_and_weakness": "Both are in the same file and name the same weakness.",
    "same_lines": "Both are at the same lines of the same file.",
    "same_route_and_weakness": "The page that was attacked and the file share name and weakness.",
}


class Related(Struct, frozen=True):
    """Of a finding what the rules look at."""

    kind: FindingKind
    flaws: frozenset[int]
    cwes: frozenset[int]
    places: tuple[dict[str, Any], ...]


def reasons(one: Related, other: Related) -> list[str]:
    """By which rules the two belong together; none for findings of one kind, which are joined or not."""
    return [] if one.kind == other.kind else list(_reasons(one, other))


def _reasons(one: Related, other: Related) -> Iterator[str]:
    if one.flaws & other.flaws:
        yield "same_vulnerability"
    shares_weakness = bool(one.cwes & other.cwes)
    if {one.kind, other.kind} <= IN_FILES:
        if shares_weakness and not _paths(one.places).isdisjoint(_paths(other.places)):
            yield "same_file_and_weakness"
        if any(_is_near(left, right) for left in one.places for right in other.places):
            yield "same_lines"
    if shares_weakness and {one.kind, other.kind} == {FindingKind.DAST, FindingKind.SAST}:
        pages, files = (one, other) if one.kind == FindingKind.DAST else (other, one)
        if not _page_names(pages.places).isdisjoint(_file_names(files.places)):
            yield "same_route_and_weakness"


def _paths(places: Iterable[dict[str, Any]]) -> set[str]:
    return {path for place in places if (path := clean_path(place.get("path")))}


def _is_near(one: dict[str, Any], other: dict[str, Any]) -> bool:
    lines = one.get("line"), other.get("line")
    path = clean_path(one.get("path"))
    if path is None or path != clean_path(other.get("path")) or None in lines:
        return False
    return abs(int(lines[0] or 0) - int(lines[1] or 0)) <= NEAR_LINES


def _page_names(places: Iterable[dict[str, Any]]) -> set[str]:
    """The last named part of each address: `/shop/orders/17` is about orders."""
    names = set()
    for place in places:
        parts = [part for part in (url_template(place.get("url")) or "").split("/") if part not in ("", "{}")]
        if parts:
            names.add(_stem(parts[-1]))
    return {name for name in names if len(name) >= MIN_NAME_CHARS}


def _file_names(places: Iterable[dict[str, Any]]) -> set[str]:
    return {_stem(path.rpartition("/")[2]) for path in _paths(places)}


def _stem(name: str) -> str:
    return urlsplit(name).path.partition(".")[0].lower().replace("-", "_")
