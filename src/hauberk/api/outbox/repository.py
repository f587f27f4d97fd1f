"""Reads of the organization's events that were given up."""

from typing import ClassVar

from sqlalchemy import Select, func, select

from hauberk.db.models.job import Outbox
from hauberk.db.repository import Order, Repository
from hauberk.domain.permissions import Actor


class UndeliveredRepository(Repository[Outbox]):
    """Only those without a retry left; the others are on their way."""

    model = Outbox
    kind = "undelivered event"
    orders: ClassVar[dict[str, Order]] = {"id": Order.by(Outbox.id)}

    def visible_to(self, actor: Actor) -> Select[Outbox]:
        return super().visible_to(actor).where(Outbox.dead_at.is_not(None))

    async def numbers(self, actor: Actor, *, topic: str | None, at_most: int) -> list[int]:
        """The oldest first."""
        wanted = self._of(actor, topic).order_by(Outbox.id).limit(at_most)
        return [each.id for each in (await self.session.scalars(wanted)).all()]

    async def count(self, actor: Actor, *, topic: str | None) -> int:
        of_topic = self._of(actor, topic).subquery()
        return await self.session.scalar(select(func.count()).select_from(of_topic)) or 0

    def _of(self, actor: Actor, topic: str | None) -> Select[Outbox]:
        found = self.visible_to(actor)
        return found if topic is None else found.where(Outbox.topic == topic)
