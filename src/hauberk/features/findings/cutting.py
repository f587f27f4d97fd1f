"""Statements that cut one page from findings and count them, in one row each: `ids`, in order and one more than the limit
where there are more, and `counted`, up to the cap and one, or null where the page itself is all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hauberk.db.repository import PageRequest
from hauberk.features.findings.selection import finding
from hauberk.features.findings.shape import ORDERS
from hauberk.kit.errors import Invalid
from hauberk.kit.page import MAX_TOTAL, Value, decode_cursor

MAX_WALKED = 10_000
"""Findings of whose places a short walk looks at each."""


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
    """Counted as `summed` counts it."""
    page = _page([_in_order(_keys(matching, sort), sort, limit, at)])
    total: ColumnElement[Any] = summed.scalar_subquery()
    if not at:
        # A first page that holds everything is counted by itself: `counted` is null then.
        total = case((select(func.count()).select_from(page).scalar_subquery() > limit, total))
    return _answered(page, sort, total)


def cut(ways: Sequence[Way], sort: str, limit: int, at: dict[str, Any]) -> Select[Any]:
    """All that match are read up to the cap: if those are all, the page is cut from them; if they are not, so many match
    that a walk in the page's order soon has it full. Of several ways one is gone.
    """
    read = _one_of([_everything(way, sort) for way in ways]).cte("matched")
    read = read.prefix_with("materialized", dialect="postgresql")
    counted = select(func.count()).select_from(read).scalar_subquery()
    few = _in_order(select(read).where(counted <= MAX_TOTAL), sort, limit, at, of=read)
    many = [_in_order(_walk(way, sort).where(counted > MAX_TOTAL), sort, limit, at) for way in ways]
    return _answered(_page([few, *many]), sort, counted)


def page_alone(ways: Sequence[Way], sort: str, limit: int, at: dict[str, Any]) -> Select[Any]:
    """Of more than are counted, which is known already."""
    page = _page([_in_order(_walk(way, sort), sort, limit, at) for way in ways])
    return _answered(page, sort, literal(MAX_TOTAL + 1))


@dataclass(frozen=True, slots=True)
class Try:
    """What a first try needs to know: findings `reached` from some places, and whether those places are all (`is_all`).

    `each`: the same findings and those of all other places, of which each place is looked at; `rest`: all findings but for
    what is asked of places.
    """

    reached: Select[Any]
    is_all: ColumnElement[bool]
    each: Select[Any]
    rest: Select[Any]


def tried(way: Try, sort: str, limit: int, at: dict[str, Any]) -> Select[Any]:
    """`is_whole`: whether the row is the answer, or has to be asked anew; what is counted beyond the cap is so either way.

    It is the answer where all places lead to few enough, or where some lead to more than are counted and a short walk in the
    page's order has it full: the broader a term about places, the sooner. Where none of those reached is that near to the
    page's beginning, none is walked.
    """
    reached = _keys(way.reached, sort).limit(MAX_TOTAL + 1).cte("matched")
    reached = reached.prefix_with("materialized", dialect="postgresql")
    counted = select(func.count()).select_from(reached).scalar_subquery()
    is_everything = and_(way.is_all, counted <= MAX_TOTAL)
    few = _in_order(select(reached).where(is_everything), sort, limit, at, of=reached)
    end = _in_order(_keys(way.rest, sort), sort, 0, at).offset(MAX_WALKED)
    nearest = _in_order(select(reached), sort, 0, at, of=reached).subquery("nearest")
    is_near = select(ORDERS[sort].over(nearest).until(end)).scalar_subquery()
    walk = _keys(way.each, sort).where(counted > MAX_TOTAL, is_near, ORDERS[sort].until(end))
    page = _page([few, _in_order(walk, sort, limit, at)])
    is_full = select(func.count()).select_from(page).scalar_subquery() > limit
    return _answered(page, sort, counted).add_columns(or_(is_everything, is_full).label("is_whole"))


def _everything(way: Way, sort: str) -> Select[Any]:
    rows = _keys(way.everything, sort).limit(MAX_TOTAL + 1)
    rows = rows if way.condition is None else rows.where(way.condition)
    return rows.order_by(finding.c.id) if way.is_far else rows


def _walk(way: Way, sort: str) -> Select[Any]:
    rows = _keys(way.walk, sort)
    return rows if way.condition is None else rows.where(way.condition)


def _keys(rows: Select[Any], sort: str) -> Select[Any]:
    return rows.with_only_columns(*(key.column for key in ORDERS[sort].keys))


def _page(parts: Sequence[Select[Any]]) -> CTE:
    return _one_of(parts).cte("page").prefix_with("materialized", dialect="postgresql")


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
