"""Service accounts and their client secrets, as their organization's administrators see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from hauberk.db.models.identity import ClientSecret, ServiceAccount
from hauberk.db.repository import Order, Repository
from hauberk.domain.permissions import Actor
from hauberk.kit.errors import NotFound


class ServiceAccountRepository(Repository[ServiceAccount]):
    """Those of the actor's organization, by name."""

    model = ServiceAccount
    kind = "service account"
    orders = {"name": Order.by(ServiceAccount.name, ServiceAccount.id)}  # noqa: RUF012 - constants

    async def exists(self, actor: Actor, name: str, *, but: int | None = None) -> bool:
        statement = (
            select(func.count())
            .select_from(ServiceAccount)
            .where(
                ServiceAccount.organization_id == actor.organization_id,
                func.lower(ServiceAccount.name) == name.lower(),
                ServiceAccount.id != (but or 0),
            )
        )
        return bool(await self.session.scalar(statement))

    async def secrets(self, actor: Actor, numbers: Sequence[int]) -> Sequence[ClientSecret]:
        """Of all these accounts, the newest first."""
        found = await self.session.scalars(
            self._secrets(actor)
            .where(ClientSecret.service_account_id.in_(numbers))
            .order_by(ClientSecret.created_at.desc(), ClientSecret.id.desc())
        )
        return found.all()

    async def secret(self, actor: Actor, number: int, secret: int) -> ClientSecret:
        found = await self.session.scalar(
            self._secrets(actor).where(ClientSecret.service_account_id == number, ClientSecret.id == secret)
        )
        if found is None:
            raise NotFound("client secret")
        return found

    def _secrets(self, actor: Actor) -> Select[ClientSecret]:
        return select(ClientSecret).where(ClientSecret.organization_id == actor.organization_id)

    async def add_secret(self, **values: Any) -> ClientSecret:
        made = ClientSecret(**values)
        self.session.add(made)
        await self.session.flush()
        return made

    async def remove_secret(self, secret: ClientSecret) -> None:
        await self.session.delete(secret)
        await self.session.flush()


def is_over(secret: ClientSecret, now: datetime) -> bool:
    return secret.expires_at <= now
