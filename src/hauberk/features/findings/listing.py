"""Which findings a page holds and how many there are: one statement, kept where the same query will ask it again."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
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

    A first page that holds everything is counted by itself: `counted` is null then. `summed`: what counts it otherwise.
    """
    order = ORDERS[sort]
    after: list[Value] = [at[f"after_{n}"] for n in range(len(order.keys)) if f"after_{n}" in at]
    page = matching.with_only_columns(*(key.column for key in order.keys)).limit(limit + 1)
    page = page.order_by(*(key.ordering for key in order.keys))
    if after:
        page = page.where(order.after(after))
    if "skipped" in at:
        page = page.offset(bindparam("skipped", at["skipped"], type_=Integer))
    read = page.cte("page").prefix_with("materialized", dialect="postgresql")
    keys = [read.c[key.column.name] for key in order.keys]
    directed = [
        column.desc() if key.descending else column.asc()
        for key, column in zip(order.keys, keys, strict=True)
    ]
    counting = matching.with_only_columns(literal(1)).limit(MAX_TOTAL + 1)
    capped = (counting.order_by(finding.c.id) if is_far else counting).subquery()
    counted = select(func.count()).select_from(capped) if summed is None else summed
    total: ColumnElement[Any] = counted.scalar_subquery()
    if not at:
        total = case((select(func.count()).select_from(read).scalar_subquery() > limit, total))
    ids = select(func.array_agg(aggregate_order_by(read.c.id, *directed))).scalar_subquery()
    return select(ids.label("ids"), total.label("counted"))


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
