"""Which findings a page holds and how many there are: one statement, kept where the same query will ask it again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    cast,
    func,
    not_,
)

from hauberk.db.driver import Kept
from hauberk.db.facet_counts import N, counted, is_counted, is_of_assets
from hauberk.db.query import (
    FIRST_PLACES,
    MANY_PLACES,
    MAX_PLACES,
    Asker,
    By,
    FindingQuery,
    Ids,
    is_far,
    is_lasting,
    shapes_of,
)
from hauberk.domain.permissions import Actor
from hauberk.domain.query import Node, parse
from hauberk.features.findings import cutting
from hauberk.features.findings.selection import visible_to
from hauberk.kit.ids import PublicIds

MAX_KEPT = 2_000
MAX_ASKED = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as somebody asks it, and what it has to look up first."""

    actor: Actor
    public_ids: PublicIds
    text: str
    query: FindingQuery
    look_up: Kept | None
    first: FindingQuery | None
    """The same of fewer places, where those are worth a try (`tried`)."""


Make = Callable[[Asked, Ids, str, int, dict[str, Any]], Select[Any]]
"""`whole`, `page_alone` or `tried`."""


def asked(actor: Actor, public_ids: PublicIds, text: str) -> Asked:
    """Kept, the same one for all who mean the same by it; but what speaks of the time is made anew each time."""
    anybody = actor.as_anybody(actor.user_id if "me" in text.lower() else None)
    found = _asked(anybody, public_ids, text)
    return found if is_lasting(found.query.node) else _asked.__wrapped__(anybody, public_ids, text)


@lru_cache(MAX_ASKED)
def _asked(actor: Actor, public_ids: PublicIds, text: str) -> Asked:
    asker = Asker.now_as(actor, public_ids)
    node = parse(text)
    query = FindingQuery(node, asker, places=MAX_PLACES)
    first = query.with_places(FIRST_PLACES) if query.needs_places else None
    look_up = None if query.look_up is None else Kept.of(query.look_up)
    return Asked(actor, public_ids, text, query, look_up, first)


def ways(of: Asked, ids: Ids) -> list[cutting.Way]:
    """By the places that its terms are about, unless those are too many; else there is one. `ids`: what it looked up."""
    visible, query = visible_to(of.actor), of.query
    if not query.has_places:
        each = visible.where(query.of_ids(ids, By.EACH))
        return [cutting.Way(each, each, is_far=is_far(query.node))]
    if query.needs_places:
        each = visible.where(query.of_ids(ids, By.EACH))
    else:  # of what is not there, or is something else instead, each place would have to be looked at
        each = visible.where(query.with_places(MANY_PLACES).of_ids(ids, By.SETS))
    reached, walked = (visible.where(query.of_ids(ids, by)) for by in (By.PLACES, By.WALK))
    is_within = query.is_within_places
    return [cutting.Way(reached, walked, is_within), cutting.Way(each, each, not_(is_within))]


def whole(of: Asked, ids: Ids, sort: str, limit: int, at: dict[str, Any]) -> Select[Any]:
    """The page and its count, whatever it takes."""
    return cutting.cut(ways(of, ids), sort, limit, at)


def page_alone(of: Asked, ids: Ids, sort: str, limit: int, at: dict[str, Any]) -> Select[Any]:
    """Where more are known to match than are counted."""
    return cutting.page_alone(ways(of, ids), sort, limit, at)


def tried(of: Asked, ids: Ids, sort: str, limit: int, at: dict[str, Any]) -> Select[Any]:
    """From the first places alone: `is_whole` says whether that is the answer."""
    query = of.first
    assert query is not None
    reached, each, rest = (
        visible_to(of.actor).where(query.of_ids(ids, by)) for by in (By.PLACES, By.EACH, By.REST)
    )
    return cutting.tried(cutting.Try(reached, query.is_within_places, each, rest), sort, limit, at)


def kept(make: Make, of: Asked, ids: Ids, *, sort: str, limit: int, at: Mapping[str, Any]) -> Kept | None:
    """The statement where the same one will be asked again: it speaks of no time. It takes `parameters_of(ids)`."""
    if not is_lasting(of.query.node):
        return None
    return _kept(make, of.actor, of.public_ids, of.text, shapes_of(ids), sort=sort, limit=limit, at=tuple(at))


@lru_cache(MAX_KEPT)
def _kept(
    make: Make,
    actor: Actor,
    public_ids: PublicIds,
    text: str,
    shapes: tuple[tuple[int, range], ...],
    *,
    sort: str,
    limit: int,
    at: tuple[str, ...],
) -> Kept:
    """`at`: the names of its position's parameters."""
    of = _asked(actor, public_ids, text)
    node, ids, start = of.query.node, dict(shapes), dict.fromkeys(at)
    if ids or not is_counted(node) or is_of_assets(node):
        return Kept.of(make(of, ids, sort, limit, start))
    matching = visible_to(actor).where(of.query.condition(()))
    return Kept.of(cutting.summed_page(matching, sort, limit, start, _summed(actor, public_ids, node)))


def _summed(actor: Actor, public_ids: PublicIds, node: Node | None) -> Select[Any]:
    """How many findings the counts say these are."""
    asker = Asker.now_as(actor, public_ids, is_unordered=True)
    matching = visible_to(actor).where(FindingQuery(node, asker).condition(()))
    total = matching.with_only_columns(
        cast(func.coalesce(func.sum(N), 0), BigInteger), maintain_column_froms=True
    )
    return counted(total, actor.organization_id, by_asset=False)
