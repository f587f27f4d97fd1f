"""Reads of mappings."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Row, Select, select

from hauberk.db.models.identity import User
from hauberk.db.models.mapping import ReportMapping
from hauberk.db.repository import Order, PageRequest, Repository, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.ingest import mapped
from hauberk.kit.errors import NotFound
from hauberk.kit.page import Page
from hauberk.parsers.mapping import formats
from hauberk.parsers.sdk import Parser

MAX_MAPPINGS = 100


class MappingRepository(Repository[ReportMapping]):
    model = ReportMapping
    kind = "mapping"
    orders: ClassVar = {"name": Order.by(ReportMapping.name, ReportMapping.id)}

    def visible_to(self, actor: Actor) -> Select[ReportMapping]:
        return super().visible_to(actor).where(ReportMapping.deleted_at.is_(None))

    def _with_editor(self, actor: Actor) -> Any:
        return (
            select(ReportMapping, User.name.label("editor"))
            .outerjoin(User, User.id == ReportMapping.updated_by)
            .where(ReportMapping.organization_id == actor.organization_id, ReportMapping.deleted_at.is_(None))
        )

    async def page(self, actor: Actor, request: PageRequest) -> Page[Row[Any]]:
        return await fetch_page(self.session, self._with_editor(actor), self.orders[request.sort], request)

    async def shown(self, actor: Actor, number: int) -> Row[Any]:
        found: Row[Any] | None = (
            await self.session.execute(self._with_editor(actor).where(ReportMapping.id == number))
        ).one_or_none()
        if found is None:
            raise NotFound(self.kind)
        return found

    async def names(self, actor: Actor) -> Sequence[tuple[str, int]]:
        rows = await self.session.execute(
            select(ReportMapping.name, ReportMapping.id)
            .where(ReportMapping.organization_id == actor.organization_id, ReportMapping.deleted_at.is_(None))
            .limit(MAX_MAPPINGS)
        )
        return [(row.name, row.id) for row in rows]

    async def formats(self, actor: Actor) -> list[Parser]:
        """All of the organization's, as formats."""
        rows = await self.session.scalars(
            select(ReportMapping.fields)
            .where(ReportMapping.organization_id == actor.organization_id, ReportMapping.deleted_at.is_(None))
            .order_by(ReportMapping.name)
            .limit(MAX_MAPPINGS)
        )
        return formats.parsers_of(rows)

    async def candidates(self, actor: Actor, format: str | None) -> list[Parser]:  # noqa: A002 — the field's own name
        """Those that may read an upload: the one that it names, or those that recognise reports."""
        statement = mapped.wanted(actor.organization_id, format)
        return [] if statement is None else formats.parsers_of(await self.session.scalars(statement))
