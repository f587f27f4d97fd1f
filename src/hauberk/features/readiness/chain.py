"""The chain of what is on record: whether an entry was changed, taken away or written by hand, and which one it was.

A link is signed and holds the hash of the link before it. The audit trail, another chain, tells of every link, so that
what is missing at the end is missed too, and what was taken away with its link is known by name.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from hauberk.db import hash_chain
from hauberk.db.models.readiness import ReadinessLink
from hauberk.infra.crypto import KeyRing, equal

PURPOSE: Final = "readiness-chain"


class Subject(StrEnum):
    RECORD = "record"
    ATTESTATION = "attestation"
    WAIVER = "waiver"
    WITHDRAWAL = "withdrawal"


_WORDS: Final = {
    Subject.RECORD: "the {name}",
    Subject.ATTESTATION: "the attestation of {name}",
    Subject.WAIVER: "the waiver of {name}",
    Subject.WITHDRAWAL: "the end of the waiver of {name}",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept, as it stands now. `is_signed`: by the signature of its own that a record has."""

    subject: Subject
    id: int
    name: str
    at: datetime
    digest: bytes
    is_signed: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.subject.value, self.id


@dataclass(frozen=True, slots=True)
class Told:
    """What the audit trail tells of a link."""

    position: int
    subject: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong at a link, in a sentence; of which subject and name, empty where nobody can say. Outside the chain it is at 0."""

    position: int
    subject: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Chain:
    """`places` has the links of what is as it was kept; `earlier` counts what was there before the chain."""

    length: int = 0
    earlier: int = 0
    flaws: tuple[Flaw, ...] = ()
    places: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @property
    def is_begun(self) -> bool:
        return bool(self.length or self.flaws)

    def speaks_against(self, subject: Subject, name: str, place: int) -> Flaw | None:
        """The newest that is wrong of what was kept after this place, and is of this name or may be."""
        found = [
            each
            for each in self.flaws
            if each.position > place and (each.subject, each.name) in ((subject, name), ("", ""))
        ]
        return max(found, key=lambda each: each.position, default=None)


def hash_of(link: ReadinessLink) -> bytes:
    content = {
        "position": link.position,
        "subject": [link.subject, link.subject_id, link.name],
        "at": link.at.astimezone(UTC).isoformat(),
        "is_adopted": link.is_adopted,
        "digest": link.digest.hex(),
    }
    return hash_chain.link(link.previous, content)


def judge(
    links: Sequence[ReadinessLink], entries: Sequence[Entry], told: Sequence[Told], key_ring: KeyRing
) -> Chain:
    """`links` and `told` in order of position."""
    if not links and not told:
        return Chain(earlier=len(entries))
    standing = {each.key: each for each in entries}
    keys = {kid: key_ring.derive(PURPOSE, kid=kid) for kid in key_ring.kids}
    known = {each.position: each for each in told}
    flaws: list[Flaw] = []
    places: dict[tuple[str, int], int] = {}
    reached = 0
    previous: bytes | None = b""
    for link in links:
        if link.position > reached + 1:
            flaws += _missing(range(reached + 1, link.position), known)
            previous = None  # what it was is not known any more
        digest = hash_of(link)
        is_signed = _is_signed(link, digest, keys)
        if why := _unsound(link, previous, keys, is_signed=is_signed):
            flaws.append(_unsound_flaw(link, why, known.get(link.position), is_signable=link.kid in keys))
        elif why := _changed(link, standing):
            flaws.append(_flaw(link, why))
        else:
            places[link.subject, link.subject_id] = link.position
        reached, previous = link.position, digest if is_signed else None
    flaws += _missing(range(reached + 1, max(known, default=0) + 1), known)
    linked = {(link.subject, link.subject_id) for link in links}
    outside = [each for each in entries if each.key not in linked]
    flaws += [_by_hand(each) for each in outside if not each.is_signed]
    earlier = sum(link.is_adopted for link in links) + sum(each.is_signed for each in outside)
    return Chain(len(links), earlier, tuple(flaws), places)


def _is_signed(link: ReadinessLink, digest: bytes, keys: Mapping[str, bytes]) -> bool:
    key = keys.get(link.kid)
    return key is not None and equal(hmac.digest(key, digest, "sha256"), link.mac)


def _unsound(
    link: ReadinessLink, previous: bytes | None, keys: Mapping[str, bytes], *, is_signed: bool
) -> str | None:
    if link.kid not in keys:
        return f"was signed with the key {link.kid[:40]}, which is not in HAUBERK_SECRET_KEYS any more: put it back"
    if not is_signed:
        return "is not as it was signed: its link was changed or written by hand"
    if previous is not None and link.previous != previous:
        return "does not follow on what stands before it: something was put in between"
    return None


def _unsound_flaw(link: ReadinessLink, why: str, told: Told | None, *, is_signable: bool) -> Flaw:
    """What such a link says of itself may be made up: the audit trail knows better. Of a key that is gone it is believed."""
    if told is not None:
        named = _named(told.subject, told.name, told.at)
        return Flaw(link.position, told.subject, told.name, f"{named} {why} (link {link.position}).")
    found = _flaw(link, why)
    return replace(found, subject="", name="") if is_signable else found


def _changed(link: ReadinessLink, standing: Mapping[tuple[str, int], Entry]) -> str | None:
    entry = standing.get((link.subject, link.subject_id))
    if entry is None:
        return "was taken away"
    return None if entry.digest == link.digest else "is not as it was kept: it was changed"


def _flaw(link: ReadinessLink, why: str) -> Flaw:
    return Flaw(
        link.position,
        link.subject,
        link.name,
        f"{_named(link.subject, link.name, link.at)} {why} (link {link.position}).",
    )


def _missing(positions: range, known: Mapping[int, Told]) -> list[Flaw]:
    """Links that are not there; those that the audit trail tells of have a name."""
    told = [known[position] for position in known if position in positions]
    flaws = [
        Flaw(
            each.position,
            each.subject,
            each.name,
            f"{_named(each.subject, each.name, each.at)} was taken away with its link ({each.position}).",
        )
        for each in told
    ]
    if untold := len(positions) - len(told):
        where = f"between the links {positions.start - 1} and {positions.stop}"
        is_one = untold == 1
        what = (
            f"{untold} {'entry' if is_one else 'entries'} {where} {'was' if is_one else 'were'} taken away; what"
            f" {'it was' if is_one else 'they were'} about is told nowhere."
        )
        flaws.append(Flaw(positions.stop - 1, "", "", what))
    return flaws


def _by_hand(entry: Entry) -> Flaw:
    what = f"{_named(entry.subject, entry.name, entry.at)} was written by hand: it is in no chain (row {entry.id})."
    return Flaw(0, entry.subject, entry.name, what)


def _named(subject: str, name: str, at: datetime) -> str:
    words = _WORDS[Subject(subject)].format(name=name) if subject in set(Subject) else f"the {name}"
    return f"{words[:1].upper()}{words[1:]} of {at:%Y-%m-%d %H:%M}"
