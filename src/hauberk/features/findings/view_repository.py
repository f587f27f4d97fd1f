"""Reads of saved views: one's own, and those that are shared."""

from typing import Any, ClassVar

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.exc import IntegrityError

from hauberk.db.models.identity import User
from hauberk.db.models.saved_view import SavedView
from hauberk.db.repository import Order, PageRequest, Repository, fetch_page
from hauberk.domain.permissions import Actor
from hauberk.kit.errors import Conflict, NotFound
from hauberk.kit.page import Page

MAX_VIEWS = 100
"""Of one person."""


class ViewRepository(Repository[SavedView]):
    model = SavedView
    kind = "saved view"
    orders: ClassVar = {"name": Order.by(SavedView.name_key, SavedView.id)}

    def visible_to(self, actor: Actor) -> Select[SavedView]:
        is_own = SavedView.user_id == actor.user_id
        return super().visible_to(actor).where(or_(is_own, SavedView.is_shared))

    def _with_owner(self, actor: Actor) -> Any:
        return (
            self.visible_to(actor)
            .outerjoin(User, User.id == SavedView.user_id)
            .add_columns(User.name.label("owner"))
        )

    async def page(self, actor: Actor, request: PageRequest) -> Page[Row[Any]]:
        return await fetch_page(self.session, self._with_owner(actor), self.orders[request.sort], request)

    async def shown(self, actor: Actor, number: int) -> Row[Any]:
        found: Row[Any] | None = (
            await self.session.execute(self._with_owner(actor).where(SavedView.id == number))
        ).one_or_none()
        if found is None:
            raise NotFound(self.kind)
        return found

    async def save(self) -> None:
        """What was changed is written now, so that what is read next shows it."""
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise Conflict("You gave this name to another view just now.", code="name_taken") from error

    async def is_taken(self, actor: Actor, name_key: str) -> bool:
        """Among one's own: two people may call different things the same."""
        same = select(SavedView.id).where(
            SavedView.organization_id == actor.organization_id,
            SavedView.user_id == actor.user_id,
            SavedView.name_key == name_key,
        )
        return await self.session.scalar(same) is not None

    async def count_own(self, actor: Actor) -> int:
        own = select(func.count()).where(
            SavedView.organization_id == actor.organization_id, SavedView.user_id == actor.user_id
        )
        return await self.session.scalar(own) or 0
