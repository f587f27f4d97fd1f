"""Reads of the organization's jobs."""

from typing import ClassVar

from sqlalchemy import ColumnElement, func, select

from hauberk.db.models.job import Job
from hauberk.db.repository import Order, Repository
from hauberk.domain.permissions import Actor


class JobRepository(Repository[Job]):
    model = Job
    kind = "job"
    orders: ClassVar[dict[str, Order]] = {
        "-created_at": Order.by(Job.created_at, Job.id, descending=True),
        "created_at": Order.by(Job.created_at, Job.id),
    }

    async def reread(self, actor: Actor, number: int) -> Job:
        """As it is after a change that was not made through its entity."""
        self.session.expire_all()
        return await self.get(actor, number)

    async def failed(self, actor: Actor, *, kind: str | None, at_most: int) -> list[int]:
        """Those that failed for good, the oldest first."""
        wanted = select(Job.id).where(*_dead(actor, kind)).order_by(Job.finished_at, Job.id).limit(at_most)
        return list((await self.session.scalars(wanted)).all())

    async def count_failed(self, actor: Actor, *, kind: str | None) -> int:
        return await self.session.scalar(select(func.count()).where(*_dead(actor, kind))) or 0


def _dead(actor: Actor, kind: str | None) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Job.organization_id == actor.organization_id, Job.state == "failed"]
    return where if kind is None else [*where, Job.kind == kind]
