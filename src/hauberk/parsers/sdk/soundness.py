"""The last look at a finding before it leaves the parser: what should be text is text.

A parser hands on what it is given (`issue["details"]`), and a scanner, or someone, may have put a list there.
"""

from collections.abc import Sequence
from types import NoneType

import msgspec

from hauberk.domain.reported import Component, Location, ReportedFinding

_TEXT = {str, NoneType}
_LISTS = {tuple, list}


def titled(finding: ReportedFinding) -> ReportedFinding:
    """A result that came without a title takes the name of its rule, else of what was found."""
    named = finding.rule_name or finding.rule_id or next(iter(finding.identifiers), None)
    return msgspec.structs.replace(finding, title=named) if named else finding


def flaw_of(finding: ReportedFinding) -> str | None:
    """What is wrong with it, or None. It runs once per finding: sets of types are the cheapest test there is."""
    f = finding
    if type(f.title) is not str or not f.title:
        return "it has no title"
    texts = {
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
    if not texts <= _TEXT:
        return "a text of it is a list, an object or a number"
    prints = f.partial_fingerprints
    if not (
        (f.identifiers == () or _are_texts(f.identifiers))
        and (f.references == () or _are_texts(f.references))
        and (f.tags == () or _are_texts(f.tags))
        and (not prints or _are_texts([*prints, *prints.values()]))
    ):
        return "its identifiers, references, tags or fingerprints are not all text"
    for component in f.components:
        if not _is_component(component):
            return "its component has no proper name, version or path"
    for location in f.locations:
        if not _is_location(location):
            return "its location is no proper path or address"
    return None


def _are_texts(members: Sequence[str]) -> bool:
    if type(members) not in _LISTS:
        return False
    for member in members:  # noqa: SIM110 — a loop costs half of what `all` over a generator does
        if type(member) is not str:
            return False
    return True


def _is_component(c: Component) -> bool:
    return type(c.name) is str and {type(c.version), type(c.purl), type(c.path), type(c.layer)} <= _TEXT


def _is_location(place: Location) -> bool:
    at = place
    texts = {
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
    return texts <= _TEXT
