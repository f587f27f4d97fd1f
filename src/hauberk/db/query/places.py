"""Terms about places and components, by the indexes of occurrences: candidates first, then whether they fulfil the term.

Comparing patterns and JSON is not leakproof, so under row-level security functions of the system look the candidates up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, any_, func, not_, or_, select, true, union_all

from hauberk.db.models.asset import AssetRef, Scope
from hauberk.db.models.finding import Occurrence
from hauberk.db.query.asker import Asker
from hauberk.db.query.matching import matches_any
from hauberk.db.query.sources import MAX_IDS, Source, finding, is_component_id, texts
from hauberk.domain.query import Term, Word

occurrence = Occurrence.__table__.c
scope = Scope.__table__.c
asset_ref = AssetRef.__table__.c

INDEXED_CHARS = 300
MAX_PLACES = 150_000
"""Of more, each finding is asked: then a match is near."""
MANY_PLACES = 1_000_000
"""Where all findings have to be looked at anyway, it is cheaper to hold these than to read the places of each."""
FIRST_PLACES = 40_000
"""They are all, or so many that a page and its count are there mostly before the rest is looked for."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class _Range:
    """All that lies between two texts, by the function that an index serves. `is_exact`: each of it fulfils the word."""

    look_up: str
    lowest: str
    highest: str
    is_exact: bool = False

    def places(self, at_most: int) -> Select[Any]:
        called = getattr(func, self.look_up)(self.lowest, self.highest, at_most)
        found = called.table_valued("finding_id", "is_open").render_derived()
        return select(found.c.finding_id, found.c.is_open)


@dataclass(frozen=True, slots=True)
class _OfRefs:
    """All that was claimed of refs with these names, by the index that leads from a scope to its claims: numbers are leakproof."""

    organization_id: int
    names: tuple[str, ...]
    is_exact: bool = True

    def places(self, at_most: int) -> Select[Any]:
        scopes = func.array(scopes_of_refs(self.organization_id, self.names).scalar_subquery())
        return (
            select(occurrence.finding_id, occurrence.closed_at.is_(None).label("is_open"))
            .where(occurrence.organization_id == self.organization_id, occurrence.scope_id == any_(scopes))
            .limit(at_most)
        )


def scopes_of_refs(organization_id: int, names: Sequence[str]) -> Select[Any]:
    """The ids of the scopes of refs so named; `*` stands for anything."""
    return (
        select(scope.id)
        .join_from(
            Scope.__table__,
            AssetRef.__table__,
            and_(asset_ref.organization_id == scope.organization_id, asset_ref.id == scope.ref_id),
        )
        .where(scope.organization_id == organization_id, matches_any(asset_ref.name, names))
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where the findings that a leaf is about are claimed to be, and maybe others."""

    ranges: tuple[_Range | _OfRefs, ...]

    @property
    def is_exact(self) -> bool:
        """Whether a claim there that stands, or any of a finding that is inactive, is what the leaf asks for."""
        return all(each.is_exact for each in self.ranges)

    def source(self) -> Source:
        """Their findings by number; of too many each finding is asked, by the leaf's own condition."""
        ids = select(self._found(MAX_IDS + 1).subquery("places").c.finding_id)
        return Source(finding.id, ids, every=true())

    def table(self, number: int, at_most: int) -> CTE:
        found: CTE = self._found(at_most + 1).cte(f"places_{number}_{at_most}")
        return found.prefix_with("materialized", dialect="postgresql")

    def _found(self, at_most: int) -> Any:
        parts = [each.places(at_most) for each in self.ranges]
        return parts[0] if len(parts) == 1 else union_all(*parts)


def is_within(places: CTE, at_most: int) -> ColumnElement[bool]:
    """Whether all of them were found: several branches of a statement ask, and counting takes as long as reading them."""
    is_all = (func.count() <= at_most).label("is_all")
    counted = select(is_all).select_from(places).cte(f"{places.name}_within")
    counted = counted.prefix_with("materialized", dialect="postgresql")
    return select(counted.c.is_all).scalar_subquery()


def is_in(places: CTE, *, drives: bool) -> ColumnElement[bool]:
    """`drives`: findings are reached from there, in the order of the index that leads to them; else each that a walk comes by
    is looked for among them."""
    if drives:
        return finding.id == any_(func.array(select(places.c.finding_id).distinct().scalar_subquery()))
    return finding.id.in_(select(places.c.finding_id)).is_(true())


def is_claimed_in(places: CTE) -> ColumnElement[bool]:
    """By a claim that stands, or by any where the finding is inactive."""
    standing = select(places.c.finding_id).where(places.c.is_open)
    return or_(not_(finding.is_active), finding.id.in_(standing))


def places_of(leaf: Word | Term, asker: Asker) -> Places | None:
    """Those among which all that fulfil the leaf are; None where no index leads to them."""
    if isinstance(leaf, Term) and leaf.key == "ref":
        return Places((_OfRefs(asker.organization_id, tuple(texts(leaf))),))
    if not isinstance(leaf, Term) or leaf.key not in _RANGES or any(map(is_component_id, texts(leaf))):
        return None
    ranges = tuple(_RANGES[leaf.key](word) for word in texts(leaf))
    return None if any(each.lowest == "" for each in ranges) else Places(ranges)


def _beginning(look_up: str, word: str) -> _Range:
    """`src/*.py` begins with `src/`."""
    start, star, rest = word.partition("*")
    is_cut = len(start) >= INDEXED_CHARS
    start = start[:INDEXED_CHARS]
    end = start + _LAST if star or is_cut else start
    return _Range(look_up, start, end, is_exact=not (rest or is_cut))


def _of_address(word: str) -> _Range:
    """`src/` is everything below that folder; `*/pom.xml` is known by its end, which an index holds backwards."""
    if not word.startswith("*"):
        return _beginning("places_between", f"{word}*" if word.endswith("/") else word)
    if word.endswith("/"):
        return _Range("places_between", "", "")  # below a folder, wherever that is: neither end is known
    head, _, tail = word.rpartition("*")
    end = tail[::-1][:INDEXED_CHARS]
    return _Range("places_ending_between", end, end + _LAST, is_exact=not head and len(tail) < INDEXED_CHARS)


def _of_component(word: str) -> _Range:
    name, _, _version = word.rpartition("@")
    found = _beginning("places_with_component", (name or word).lower())
    return _Range(found.look_up, found.lowest, found.highest, is_exact=found.is_exact and not name)


def _of_purl(word: str) -> _Range:
    return _beginning("places_with_purl", word)


_RANGES: dict[str, Callable[[str], _Range]] = {
    "path": _of_address,
    "component": _of_component,
    "package": _of_component,
    "purl": _of_purl,
}
