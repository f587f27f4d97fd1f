"""Reads of the organization's jobs."""

from typing import ClassVar

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
