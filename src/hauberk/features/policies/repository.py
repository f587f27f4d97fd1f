"""Reads of policies, and of what one would do."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from sqlalchemy import Row, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from hauberk.db.models.asset import Asset
from hauberk.db.models.identity import User
from hauberk.db.models.policy import DuePolicy
from hauberk.db.repository import Order, PageRequest, Repository, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.domain.policy import GRADED, Policy
from hauberk.ingest.due_dates import DAYS
from hauberk.kit.errors import NotFound
from hauberk.kit.page import Page

MAX_POLICIES: Final = 100

_PREVIEW: Final = text(f"""
with p as (select {", ".join(f"cast(:{each.value}_days as int2) as {each.value}_days" for each in GRADED)},
    cast(:known_exploited_days as int2) as known_exploited_days),
concerned as (
    select id from asset where organization_id = :organization and deleted_at is null
        and (:tags = '{{}}' or tags && :tags)),
opened as (
    select {DAYS} as days, coalesce(f.reopened_at, f.first_seen_at) as since
    from concerned c join finding f on f.organization_id = :organization and f.asset_id = c.id
        and f.is_active and f.triage <= 2 and f.joined_into_id is null
    cross join p)
select (select count(*) from concerned) as assets, count(*) as findings, count(days) as due,
    count(*) filter (where since + make_interval(hours => 24 * days) < now()) as overdue
from opened
""").bindparams(bindparam("tags", type_=ARRAY(Text)))  # noqa: S608 — constants of ours


class PolicyRepository(Repository[DuePolicy]):
    model = DuePolicy
    kind = "policy"
    orders: ClassVar = {"position": Order.by(DuePolicy.position, DuePolicy.id)}

    def _shown(self, actor: Actor) -> Any:
        """Each with how many assets it holds for: those that no earlier one is for."""
        holding = (
            select(DuePolicy.id)
            .where(
                DuePolicy.organization_id == Asset.organization_id,
                or_(func.cardinality(DuePolicy.asset_tags) == 0, DuePolicy.asset_tags.op("&&")(Asset.tags)),
            )
            .order_by(DuePolicy.position, DuePolicy.id)
            .limit(1)
            .scalar_subquery()
        )
        held = (
            select(holding.label("id"))
            .where(Asset.organization_id == actor.organization_id, Asset.deleted_at.is_(None))
            .subquery()
        )
        counted = select(held.c.id, func.count().label("n")).group_by(held.c.id).subquery()
        return (
            select(DuePolicy, User.name.label("editor"), func.coalesce(counted.c.n, 0).label("asset_count"))
            .outerjoin(User, User.id == DuePolicy.updated_by)
            .outerjoin(counted, counted.c.id == DuePolicy.id)
            .where(DuePolicy.organization_id == actor.organization_id)
        )

    async def page(self, actor: Actor, request: PageRequest) -> Page[Row[Any]]:
        return await fetch_page(self.session, self._shown(actor), self.orders[request.sort], request)

    async def shown(self, actor: Actor, number: int) -> Row[Any]:
        found: Row[Any] | None = (
            await self.session.execute(self._shown(actor).where(DuePolicy.id == number))
        ).one_or_none()
        if found is None:
            raise NotFound(self.kind)
        return found

    async def in_order(self, actor: Actor) -> Sequence[DuePolicy]:
        """All of them, kept from others until the end of the transaction."""
        statement = (
            select(DuePolicy)
            .where(DuePolicy.organization_id == actor.organization_id)
            .order_by(DuePolicy.position, DuePolicy.id)
            .with_for_update()
        )
        return (await self.session.scalars(statement)).all()

    async def preview(self, actor: Actor, policy: Policy) -> Row[Any]:
        days = {f"{each.value}_days": policy.days.get(each) for each in GRADED}
        given = {"tags": list(policy.asset_tags), "known_exploited_days": policy.known_exploited_days}
        return (
            await self.session.execute(_PREVIEW, {"organization": actor.organization_id, **days, **given})
        ).one()
