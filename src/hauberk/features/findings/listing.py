"""Which findings a page holds and how many there are: one statement, kept where the same query will ask it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    not_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hauberk.db.driver import Kept
from hauberk.db.facet_counts import N, counted, is_counted, is_of_assets
from hauberk.db.query import Asker, By, FindingQuery, Ids, is_far, is_lasting, shapes_of
from hauberk.db.repository import PageRequest
from hauberk.domain.permissions import Actor
from hauberk.domain.query import Node, parse
from hauberk.features.findings.selection import finding, visible_to
from hauberk.features.findings.shape import ORDERS
from hauberk.kit.errors import Invalid
from hauberk.kit.ids import PublicIds
from hauberk.kit.page import MAX_TOTAL, Value, decode_cursor

MAX_KEPT = 2_000
MAX_ASKED = 300


def position(request: PageRequest) -> dict[str, Any]:
    """Where the page starts, as parameters of its statement."""
    order = ORDERS[request.sort]
    if request.cursor is None:
        return {} if request.offset is None else {"skipped": request.offset}
    values = decode_cursor(request.cursor, request.sort, [key.type for key in order.keys])
    if None in values:
        raise Invalid([("/cursor", "This is not a cursor of this list; start from its first page.")])
    return {f"after_{n}": value for n, value in enumerate(values)}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to what a query finds: all of it in any order, and in the page's order one after the other.

    `condition`: when to go it, told by the statement itself. `is_far`: rows are visited, in the order they were written.
    """

    everything: Select[Any]
    walk: Select[Any]
    condition: ColumnElement[bool] | None = None
    is_far: bool = False


def summed_page(
    matching: Select[Any], sort: str, limit: int, at: dict[str, Any], summed: Select[Any]
) -> Select[Any]:
    """One row: `ids`, in order and one more than the limit when there are more, and `counted`, as `summed` counts it."""
    page = _in_order(_keys(matching, sort), sort, limit, at).cte("page")
    page = page.prefix_with("materialized", dialect="postgresql")
    total: ColumnElement[Any] = summed.scalar_subquery()
    if not at:
        # A first page that holds everything is counted by itself: `counted` is null then.
        total = case((select(func.count()).select_from(page).scalar_subquery() > limit, total))
    return _answered(page, sort, total)


def cut(ways: Sequence[Way], sort: str, limit: int, at: dict[str, Any]) -> Select[Any]:
    """The same row, `counted` up to the cap and one.

    All that match are read up to the cap: if those are all, the page is cut from them; if they are not, so many match
    that a walk in the page's order soon has it full. Of several ways one is gone.
    """
    read = _one_of([_everything(way, sort) for way in ways]).cte("matched")
    read = read.prefix_with("materialized", dialect="postgresql")
    counted = select(func.count()).select_from(read).scalar_subquery()
    few = _in_order(select(read).where(counted <= MAX_TOTAL), sort, limit, at, of=read)
    many = [_in_order(_walk(way, sort).where(counted > MAX_TOTAL), sort, limit, at) for way in ways]
    page = _one_of([few, *many]).cte("page").prefix_with("materialized", dialect="postgresql")
    return _answered(page, sort, counted)


def _everything(way: Way, sort: str) -> Select[Any]:
    rows = _keys(way.everything, sort).limit(MAX_TOTAL + 1)
    rows = rows if way.condition is None else rows.where(way.condition)
    return rows.order_by(finding.c.id) if way.is_far else rows


def _walk(way: Way, sort: str) -> Select[Any]:
    rows = _keys(way.walk, sort)
    return rows if way.condition is None else rows.where(way.condition)


def _keys(rows: Select[Any], sort: str) -> Select[Any]:
    return rows.with_only_columns(*(key.column for key in ORDERS[sort].keys))


def _one_of(parts: Sequence[Select[Any]]) -> Select[Any] | CompoundSelect[Any]:
    """Of these one has rows."""
    return parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))


def _in_order(
    rows: Select[Any], sort: str, limit: int, at: dict[str, Any], *, of: FromClause = finding
) -> Select[Any]:
    """The page's rows and one more."""
    order = ORDERS[sort].over(of)
    after: list[Value] = [at[f"after_{n}"] for n in range(len(order.keys)) if f"after_{n}" in at]
    page = rows.order_by(*(key.ordering for key in order.keys)).limit(limit + 1)
    if after:
        page = page.where(order.after(after))
    if "skipped" in at:
        page = page.offset(bindparam("skipped", at["skipped"], type_=Integer))
    return page


def _answered(page: CTE, sort: str, counted: ColumnElement[Any]) -> Select[Any]:
    ordered = [key.ordering for key in ORDERS[sort].over(page).keys]
    ids = select(func.array_agg(aggregate_order_by(page.c.id, *ordered))).scalar_subquery()
    return select(ids.label("ids"), counted.label("counted"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as somebody asks it, and what it has to look up first."""

    actor: Actor
    public_ids: PublicIds
    text: str
    query: FindingQuery
    look_up: Kept | None


def asked(actor: Actor, public_ids: PublicIds, text: str) -> Asked:
    """Kept, the same one for all who mean the same by it; but what speaks of the time is made anew each time."""
    anybody = actor.as_anybody(actor.user_id if "me" in text.lower() else None)
    found = _asked(anybody, public_ids, text)
    return found if is_lasting(found.query.node) else _asked.__wrapped__(anybody, public_ids, text)


@lru_cache(MAX_ASKED)
def _asked(actor: Actor, public_ids: PublicIds, text: str) -> Asked:
    asker = Asker.now_as(actor, public_ids)
    query = FindingQuery(parse(text), asker, by_places=True)
    return Asked(actor, public_ids, text, query, None if query.look_up is None else Kept.of(query.look_up))


def ways(of: Asked, ids: Ids) -> list[Way]:
    """By the places that its terms are about, unless those are too many; else there is one. `ids`: what it looked up."""
    visible, query = visible_to(of.actor), of.query
    each = visible.where(query.of_ids(ids, By.EACH))
    is_within = query.is_within_places
    if is_within is None:
        return [Way(each, each, is_far=is_far(query.node))]
    reached, walked = (visible.where(query.of_ids(ids, by)) for by in (By.PLACES, By.WALK))
    return [Way(reached, walked, is_within), Way(each, each, not_(is_within), is_far=True)]


def kept(of: Asked, ids: Ids, *, sort: str, limit: int, at: Mapping[str, Any]) -> Kept | None:
    """The statement where the same one will be asked again: it speaks of no time. It takes `parameters_of(ids)`."""
    if not is_lasting(of.query.node):
        return None
    return _kept(of.actor, of.public_ids, of.text, shapes_of(ids), sort=sort, limit=limit, at=tuple(at))


@lru_cache(MAX_KEPT)
def _kept(
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
        return Kept.of(cut(ways(of, ids), sort, limit, start))
    matching = visible_to(actor).where(of.query.condition(()))
    return Kept.of(summed_page(matching, sort, limit, start, _summed(actor, public_ids, node)))


def _summed(actor: Actor, public_ids: PublicIds, node: Node | None) -> Select[Any]:
    """How many findings the counts say these are."""
    asker = Asker.now_as(actor, public_ids, is_unordered=True)
    matching = visible_to(actor).where(FindingQuery(node, asker).condition(()))
    total = matching.with_only_columns(
        cast(func.coalesce(func.sum(N), 0), BigInteger), maintain_column_froms=True
    )
    return counted(total, actor.organization_id, by_asset=False)
