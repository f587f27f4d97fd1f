"""The operator's organization, whose alerts are those about the installation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hauberk.db.session import Sessions, enter_organization
from hauberk.infra.readiness import Probe


@asynccontextmanager
async def operators(probe: Probe) -> AsyncIterator[tuple[AsyncSession, int | None]]:
    """A transaction in it, and its number; None where nobody has an account yet."""
    async with Sessions(probe.inside.engine).transaction() as session:
        number = await session.scalar(text("select operating_organization()"))
        if number is not None:
            await enter_organization(session, number)
        yield session, number
