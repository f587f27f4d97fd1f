"""Which findings a page holds and how many there are: one statement, kept where the same query will ask it again."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hauberk.db.driver import Kept
from hauberk.db.facet_counts import N, counted, is_counted, is_of_assets
from hauberk.db.query import Asker, FindingQuery, is_lasting
from hauberk.db.repository import PageRequest
from hauberk.domain.permissions import Actor
from hauberk.domain.query import Node, parse
from hauberk.features.findings.selection import finding, visible_to
from hauberk.features.findings.shape import ORDERS
from hauberk.kit import clock
from hauberk.kit.errors import Invalid
from hauberk.kit.ids import PublicIds
from hauberk.kit.page import MAX_TOTAL, Value, decode_cursor

MAX_KEPT = 2_000


def position(request: PageRequest) -> dict[str, Any]:
    """Where the page starts, as parameters of its statement."""
    order = ORDERS[request.sort]
    if request.cursor is None:
        return {} if request.offset is None else {"skipped": request.offset}
    values = decode_cursor(request.cursor, request.sort, [key.type for key in order.keys])
    if None in values:
        raise Invalid([("/cursor", "This is not a cursor of this list; start from its first page.")])
    return {f"after_{n}": value for n, value in enumerate(values)}


def cut(
    matching: Select[Any],
    sort: str,
    limit: int,
    at: dict[str, Any],
    *,
    is_far: bool = False,
    summed: Select[Any] | None = None,
) -> Select[Any]:
    """One row: `ids`, in order and one more than the limit when there are more, and `counted`, up to the cap and one.

    `summed`: what counts it. Without, all that match are read up to the cap: if those are all, the page is cut from
    them; if they are not, so many match that a walk in the page's order soon has it full.
    """
    keys = [key.column for key in ORDERS[sort].keys]
    matched = matching.with_only_columns(*keys)
    if summed is not None:
        page = (
            _in_order(matched, sort, limit, at).cte("page").prefix_with("materialized", dialect="postgresql")
        )
        # A first page that holds everything is counted by itself: `counted` is null then.
        return _answered(page, sort, summed.scalar_subquery() if at else _beyond(page, limit, summed))
    read = (matched.order_by(finding.c.id) if is_far else matched).limit(MAX_TOTAL + 1).cte("matched")
    read = read.prefix_with("materialized", dialect="postgresql")
    counted = select(func.count()).select_from(read).scalar_subquery()
    few = _in_order(select(read).where(counted <= MAX_TOTAL), sort, limit, at, of=read).subquery()
    many = _in_order(matched.where(counted > MAX_TOTAL), sort, limit, at).subquery()
    page = union_all(select(few), select(many)).cte("page")
    return _answered(page.prefix_with("materialized", dialect="postgresql"), sort, counted)


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


def _beyond(page: CTE, limit: int, summed: Select[Any]) -> ColumnElement[Any]:
    has_more = select(func.count()).select_from(page).scalar_subquery() > limit
    return case((has_more, summed.scalar_subquery()))


def _answered(page: CTE, sort: str, counted: ColumnElement[Any]) -> Select[Any]:
    ordered = [key.ordering for key in ORDERS[sort].over(page).keys]
    ids = select(func.array_agg(aggregate_order_by(page.c.id, *ordered))).scalar_subquery()
    return select(ids.label("ids"), counted.label("counted"))


@lru_cache(MAX_KEPT)
def kept(
    actor: Actor, public_ids: PublicIds, query: str, *, sort: str, limit: int, at: tuple[str, ...]
) -> Kept | None:
    """The statement where it is the same whenever this actor asks; `at`: the names of its position's parameters."""
    node = parse(query)
    asked = FindingQuery(node, Asker(actor.organization_id, actor.user_id, public_ids, clock.now()))
    if not is_lasting(node) or asked.look_up is not None:
        return None
    matching = visible_to(actor).where(asked.condition(()))
    summed = _summed(actor, public_ids, node) if is_counted(node) and not is_of_assets(node) else None
    return Kept.of(cut(matching, sort, limit, dict.fromkeys(at), summed=summed))


def _summed(actor: Actor, public_ids: PublicIds, node: Node | None) -> Select[Any]:
    """How many findings the counts say these are."""
    asker = Asker(actor.organization_id, actor.user_id, public_ids, clock.now(), is_unordered=True)
    matching = visible_to(actor).where(FindingQuery(node, asker).condition(()))
    total = matching.with_only_columns(
        cast(func.coalesce(func.sum(N), 0), BigInteger), maintain_column_froms=True
    )
    return counted(total, actor.organization_id, by_asset=False)
