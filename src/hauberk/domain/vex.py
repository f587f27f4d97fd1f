"""VEX: what suppliers state about a vulnerability in a product, and what their statements together say of a finding.

A statement is a claim of somebody else, so ambiguity fails closed: of one author the newest statement counts; where authors
disagree, or a finding has several places or vulnerabilities, the most cautious word counts; and a finding is only called not
affected where statements cover all of it. A claimed fix proves nothing: it is shown and decides nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from hauberk.domain.finding import Triage


class VexStatus(StrEnum):
    """In the order of caution, the most cautious last; the position is stored."""

    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"
    AFFECTED = "affected"

    @property
    def code(self) -> int:
        return _CODES[self]

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do, says the supplier."""
        return self in (VexStatus.NOT_AFFECTED, VexStatus.FIXED)

    @property
    def triage(self) -> Triage | None:
        """What it decides of a finding that nobody has decided; None: nothing."""
        return _TRIAGES.get(self)

    @classmethod
    def of_code(cls, code: int) -> "VexStatus":
        return _STATUSES[code]


_STATUSES = tuple(VexStatus)  # append only
_CODES = {each: code for code, each in enumerate(_STATUSES)}
_TRIAGES: Final = {
    VexStatus.NOT_AFFECTED: Triage.FALSE_POSITIVE,
    VexStatus.UNDER_INVESTIGATION: Triage.IN_TRIAGE,
    VexStatus.AFFECTED: Triage.CONFIRMED,
}

WHOLE_PRODUCTS: Final = ("pkg:oci/", "pkg:docker/")
"""What these name is never a part of an asset but something that is one."""
_TELLING = ("arch", "distro")
_ANY_ARCHITECTURE = frozenset(("all", "any", "noarch", "source", "src"))
_RANGE = re.compile(r"[<>=!~^*,\s]")


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that may be about the finding: its vulnerability is one of the finding's."""

    id: int
    vex_status: VexStatus
    author: str
    stated_at: datetime
    package: str | None
    """Without version, as `fingerprint.package_name` spells it; None: the product as a whole."""
    versions: frozenset[str] = frozenset()
    """None of them named: all."""
    qualifiers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A component of the asset that carries the vulnerability."""

    package: str
    version: str | None
    qualifiers: Mapping[str, str] = field(default_factory=dict)


def verdict(flaws: Sequence[Sequence[Claim]], parts: Sequence[Part]) -> Claim | None:
    """The claim that speaks for the finding. `flaws`: for each of its vulnerabilities the claims about that one."""
    cells = [_deciding(claims, part) for claims in flaws for part in parts]
    said = [claim for claim in cells if claim is not None]
    if not said:
        return None
    most_cautious = max(said, key=_caution)
    if most_cautious.vex_status.is_settled and len(said) < len(cells):
        return None
    return most_cautious


def _deciding(claims: Sequence[Claim], part: Part) -> Claim | None:
    newest: dict[str, tuple[tuple[datetime, int, int, int], Claim]] = {}
    for claim in claims:
        closeness = _closeness(claim, part)
        if closeness:
            age = (claim.stated_at, closeness, claim.vex_status.code, claim.id)
            known = newest.get(claim.author)
            if known is None or age > known[0]:
                newest[claim.author] = (age, claim)
    return max((claim for _, claim in newest.values()), key=_caution, default=None)


def _caution(claim: Claim) -> tuple[int, datetime, int]:
    return claim.vex_status.code, claim.stated_at, claim.id


def _closeness(claim: Claim, part: Part) -> int:
    """0: it is about something else; more: it names the part more closely."""
    if claim.package is None:
        return 1
    if claim.package != part.package or not all(_is_same(claim, part, name) for name in _TELLING):
        return 0
    if not claim.versions:
        return 2
    return 3 if part.version is not None and plain_version(part.version) in claim.versions else 0


def _is_same(claim: Claim, part: Part, name: str) -> bool:
    """What the statement tells apart has to be told of the part too: `distro=debian-12` is also Debian 12.1."""
    said = claim.qualifiers.get(name)
    if not said or (name == "arch" and said in _ANY_ARCHITECTURE):
        return True
    found = part.qualifiers.get(name, "")
    return found == said or (name == "distro" and found.startswith(f"{said}."))


def plain_version(version: str) -> str:
    """Go writes `v1.2.3` for what others call 1.2.3."""
    return version[1:] if version[:1] == "v" and version[1:2].isdigit() else version


def versions_of(words: Sequence[str]) -> tuple[str, ...]:
    """The versions that are named one by one; none: all. Raises ValueError for ranges: each ecosystem orders versions its own way."""
    found: list[str] = []
    for word in words:
        given = (
            word.removeprefix("vers:").partition("/")[2].split("|") if word.startswith("vers:") else [word]
        )
        for version in given:
            exact = version.strip().removeprefix("=")
            if exact == "*":
                return ()
            if not exact or _RANGE.search(exact):
                raise ValueError(word)
            found.append(plain_version(exact))
    return tuple(found)
