"""Acting for the operator's organization from the command line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hauberk.db.repository import DbSession
from hauberk.db.session import enter_organization
from hauberk.domain.permissions import Actor
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import CredentialRepository, UserRepository
from hauberk.kit.errors import NotFound


@asynccontextmanager
async def speaking(context: Context) -> AsyncIterator[tuple[DbSession, Actor]]:
    """One transaction in it."""
    async with context.sessions.transaction() as db:
        for each in await CredentialRepository(db).organizations():
            actor = Actor.system(each.id)
            await enter_organization(db, each.id)
            if await UserRepository(db).organization_purpose(actor) == "operator":
                yield db, actor
                return
        raise NotFound(
            "operator's organization", "yet: start 'hauberk up', or run 'hauberk user ensure-admin'"
        )
