"""Repositories: every read starts from what the actor may see, and every list is a page with a bound."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.base import TenantModel
from hauberk.domain.permissions import Actor
from hauberk.kit.errors import Invalid, NotFound
from hauberk.kit.page import MAX_TOTAL, Page, Value, capped_total, decode_cursor, encode_cursor

# What services name in their signatures: they use repositories and write no queries of their own.
DbSession: TypeAlias = AsyncSession

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Entity = TypeVar("Entity", bound=TenantModel)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page was asked for; `limit` and `offset` are checked where they come in."""

    sort: str
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order: never null, with an index that serves the whole order."""

    column: ColumnElement[Any]
    type: type
    descending: bool = False

    @property
    def ordering(self) -> ColumnElement[Any]:
        return self.column.desc() if self.descending else self.column.asc()


@dataclass(frozen=True, slots=True)
class Order:
    """An offered sort: its columns, the last of them unique."""

    keys: tuple[SortKey, ...]

    @classmethod
    def by(cls, *columns: Any, descending: bool = False) -> "Order":
        """All columns in one direction: `Order.by(Scan.accepted_at, Scan.id, descending=True)`."""
        return cls(tuple(SortKey(column, _python_type(column), descending) for column in columns))

    def over(self, rows: FromClause) -> "Order":
        """The same of rows that have the columns under their names."""
        return Order(tuple(replace(key, column=rows.c[key.column.name]) for key in self.keys))

    def until(self, last: Select[Any]) -> ColumnElement[bool]:
        """What comes before the row with the keys that `last` selects, and that row; keys of one direction. Nothing of no row."""
        here, there = tuple_(*(key.column for key in self.keys)), last.scalar_subquery()
        return here >= there if self.keys[0].descending else here <= there

    def after(self, values: Sequence[Value]) -> ColumnElement[bool]:
        """What comes after a row with these key values, which are the parameters `after_0`, `after_1` …"""
        named = [
            bindparam(f"after_{n}", value, type_=key.column.type)
            for n, (key, value) in enumerate(zip(self.keys, values, strict=True))
        ]
        if len({key.descending for key in self.keys}) == 1:
            here = tuple_(*(key.column for key in self.keys))
            there = tuple_(*named)
            return here < there if self.keys[0].descending else here > there
        condition: ColumnElement[bool] = false()
        equal: ColumnElement[bool] = true()
        for key, value in zip(self.keys, named, strict=True):
            beyond = key.column < value if key.descending else key.column > value
            condition = or_(condition, and_(equal, beyond))
            equal = and_(equal, key.column == value)
        return condition


class Repository(Generic[Entity]):
    """Reads of one table. `kind` is its word in messages: "There is no finding fnd_…"."""

    model: ClassVar[type[TenantModel]]
    kind: ClassVar[str]
    orders: ClassVar[dict[str, Order]]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def visible_to(self, actor: Actor) -> Select[Entity]:
        """The root of every read: the rows that this actor may know of."""
        model = cast("type[Entity]", self.model)
        return select(model).where(model.organization_id == actor.organization_id)

    async def get(self, actor: Actor, number: int, *, for_update: bool = False) -> Entity:
        """Raises `NotFound` for what does not exist and for what the actor may not see, alike."""
        statement = self.visible_to(actor).where(self.model.id == number)
        if for_update:
            statement = statement.with_for_update(of=self.model)
        found = await self.session.scalar(statement)
        if found is None:
            raise NotFound(self.kind)
        return found

    async def list(self, actor: Actor, request: PageRequest, *where: ColumnElement[bool]) -> Page[Entity]:
        """A page of the visible rows that satisfy `where`."""
        page = await fetch_page(
            self.session, self.visible_to(actor).where(*where), self.orders[request.sort], request
        )
        return page.map(lambda row: cast("Entity", row[0]))

    async def add(self, entity: Entity) -> None:
        """Flushed at once, so that its id is known."""
        self.session.add(entity)
        await self.session.flush()

    async def remove(self, entity: Entity) -> None:
        await self.session.delete(entity)
        await self.session.flush()


async def fetch_page(
    session: AsyncSession, statement: Select[Any], order: Order, request: PageRequest
) -> Page[Row[Any]]:
    """One page of any select, in `order`, with its total counted up to the cap. Rows keep the select's names."""
    wanted = statement.order_by(None).order_by(*(key.ordering for key in order.keys))
    wanted = wanted.add_columns(*(key.column.label(f"_key_{n}") for n, key in enumerate(order.keys)))
    if request.cursor is not None:
        values = decode_cursor(request.cursor, request.sort, [key.type for key in order.keys])
        if None in values:
            raise Invalid([("/cursor", "This is not a cursor of this list; start from its first page.")])
        wanted = wanted.where(order.after(values))
    rows = (await session.execute(wanted.limit(request.limit + 1).offset(request.offset))).all()
    shown = rows[: request.limit]
    more = len(rows) > request.limit
    next_cursor = encode_cursor(request.sort, shown[-1][-len(order.keys) :]) if more else None
    if not more and request.cursor is None and (shown or not request.offset):
        total, is_exact = capped_total((request.offset or 0) + len(shown))
    else:
        total, is_exact = capped_total(await _count(session, statement))
    return Page(shown, next_cursor, total, is_exact)


async def _count(session: AsyncSession, statement: Select[Any]) -> int:
    one = statement.order_by(None).with_only_columns(literal(1), maintain_column_froms=True)
    capped = one.limit(MAX_TOTAL + 1).subquery()
    return await session.scalar(select(func.count()).select_from(capped)) or 0


def _python_type(column: Any) -> type:
    found: type = column.type.python_type
    return found if found in (str, int, float, bool, datetime) else str
