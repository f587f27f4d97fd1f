"""The last look at a finding before it leaves the parser: what should be text is text.

A parser hands on what it is given (`issue["details"]`), and a scanner, or someone, may have put a list there.
"""

import re
from types import NoneType
from typing import Any, TypeVar

import msgspec

from hauberk.domain.reported import Component, Location, ReportedFinding
from hauberk.parsers.sdk.coerce import text, texts

_TITLE = 150
_FIELDS = (
    *("title", "rule_id", "rule_name", "description", "remediation"),
    *("severity_reported", "confidence", "stable_id", "target", "secret"),
)
_PLACE = (
    *("path", "snippet", "symbol", "resource", "commit", "url"),
    *("host", "method", "parameter", "protocol", "evidence", "message"),
)
_PACKAGE = ("name", "version", "purl", "path", "layer")
_TEXT = {str, NoneType}
_STRINGS = {str}
_LISTS = {tuple, list}
_NO_PRINTS: dict[str, str] = {}
_LOOSE = re.compile(r"^(?:[\s:,-]|(?:in|of|on)(?=\s|$))+|(?:[\s:,-]|\s(?:in|of|on|with)(?=\s|$))+$")
"""What is left hanging in a title when one of its parts is empty."""
_Part = TypeVar("_Part", Component, Location)


def titled(finding: ReportedFinding) -> ReportedFinding:
    """A result that came without a title takes the name of its rule, else of what was found, else what is said of it."""
    said = (finding.description or "").strip().partition("\n")[0][:_TITLE]
    named = finding.rule_name or finding.rule_id or next(iter(finding.identifiers), None) or said
    return msgspec.structs.replace(finding, title=named) if named else finding


def mended(finding: ReportedFinding) -> ReportedFinding:
    """The same with numbers as the text that they print as, and without what is empty or of another kind."""
    sound = msgspec.structs.replace(
        finding,
        **{name: _text_of(getattr(finding, name)) for name in _FIELDS},
        **{name: texts(getattr(finding, name)) for name in ("identifiers", "references", "tags")},
        partial_fingerprints={
            name: said
            for name, value in (finding.partial_fingerprints or {}).items()
            if (said := _text_of(value))
        }
        or None,
        locations=tuple(
            place for each in finding.locations if (place := _mended(each, _PLACE)) != Location()
        ),
        components=tuple(part for each in finding.components if (part := _mended(each, _PACKAGE)).name),
    )
    sound = msgspec.structs.replace(sound, title=_LOOSE.sub("", sound.title or ""))
    return sound if sound.title else titled(sound)


def _mended(part: _Part, fields: tuple[str, ...]) -> _Part:
    return msgspec.structs.replace(part, **{name: _text_of(getattr(part, name)) for name in fields})


def _text_of(value: Any) -> str | None:
    if isinstance(value, (list, tuple)):
        return "\n".join(texts(value)) or None
    return text(value)


def flaw_of(finding: ReportedFinding) -> str | None:
    """What is wrong with it, or None. It runs once per finding: sets of types are the cheapest test there is."""
    f = finding
    if type(f.title) is not str or not f.title:
        return "it has no title"
    kinds = {
        type(f.rule_id),
        type(f.rule_name),
        type(f.description),
        type(f.remediation),
        type(f.severity_reported),
        type(f.confidence),
        type(f.stable_id),
        type(f.target),
        type(f.secret),
    }
    if not kinds <= _TEXT:
        return "a text of it is a list, an object or a number"
    lists = identifiers, references, tags = f.identifiers, f.references, f.tags
    prints = f.partial_fingerprints or _NO_PRINTS
    if not (
        {*map(type, lists)} <= _LISTS
        and {*map(type, identifiers), *map(type, references), *map(type, tags)} <= _STRINGS
        and {*map(type, prints), *map(type, prints.values())} <= _STRINGS
    ):
        return "its identifiers, references, tags or fingerprints are not all text"
    for component in f.components:
        if not _is_component(component):
            return "its component has no proper name, version or path"
    for location in f.locations:
        if not _is_location(location):
            return "its location is no proper path or address"
    return None


def _is_component(c: Component) -> bool:
    return type(c.name) is str and {type(c.version), type(c.purl), type(c.path), type(c.layer)} <= _TEXT


def _is_location(place: Location) -> bool:
    at = place
    kinds = {
        type(at.path),
        type(at.snippet),
        type(at.symbol),
        type(at.resource),
        type(at.commit),
        type(at.url),
        type(at.host),
        type(at.method),
        type(at.parameter),
        type(at.protocol),
        type(at.evidence),
        type(at.message),
    }
    return kinds <= _TEXT
