"""The probe tenant: an organization that checks, drills and smoke tests act in, and that no customer sees."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hauberk.db.session import JOB_LIMITS, Sessions, enter_organization
from hauberk.domain.permissions import ALL_SCOPES, Actor, Role, granted
from hauberk.features.identity import service as identity
from hauberk.features.identity.caller import PROBE_EMAIL, RESERVED
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import CredentialRepository
from hauberk.infra.readiness import ProbeTenant
from hauberk.kit import clock

LIFETIME: Final = timedelta(minutes=30)
_ALONE = text("select pg_advisory_xact_lock(hashtext('hauberk.core_flow'), 0)")


@asynccontextmanager
async def alone(engine: AsyncEngine) -> AsyncIterator[None]:
    """Nobody else goes through the core flow there: two at once count each other's findings and end each other's sessions."""
    async with Sessions(engine, limits=JOB_LIMITS).transaction() as db:
        await db.execute(_ALONE)
        yield


@asynccontextmanager
async def offered(context: Context) -> AsyncIterator[Callable[[], Awaitable[ProbeTenant]]]:
    """Opens the tenant when it is asked for; what it was opened with is worthless afterwards."""
    opened: list[tuple[ProbeTenant, int]] = []

    async def open_tenant() -> ProbeTenant:
        opened.append(await _open(context))
        return opened[-1][0]

    try:
        yield open_tenant
    finally:
        for tenant, token_id in opened:
            async with context.sessions.transaction(tenant.organization_id) as db:
                await identity.revoke_token(db, actor(tenant.organization_id, tenant.user_id), token_id)


@asynccontextmanager
async def account(context: Context, who: str) -> AsyncIterator[tuple[str, str]]:
    """E-mail and password of a person of the probe tenant; the password is worthless afterwards, and all sessions end.

    Each who does something there is a person of his own: a check in the middle of a load test ends its own sessions only.
    """
    email = f"{who}@hauberk{RESERVED}"
    password = secrets.token_urlsafe(24)
    async with context.sessions.transaction() as db:
        credentials = CredentialRepository(db)
        user_id, _ = await credentials.probe_organization(email, context.key_ring)
        await credentials.set_password(user_id, await context.passwords.hash(password))
    try:
        yield email, password
    finally:
        async with context.sessions.transaction() as db:
            credentials = CredentialRepository(db)
            await credentials.set_password(user_id, None)
            await credentials.end_other_sessions(user_id, None)


def actor(organization_id: int, user_id: int) -> Actor:
    return Actor(organization_id, user_id, None, Role.ADMIN, granted(Role.ADMIN), "Probe")


async def _open(context: Context) -> tuple[ProbeTenant, int]:
    async with context.sessions.transaction() as db:
        user_id, organization_id = await CredentialRepository(db).probe_organization(
            PROBE_EMAIL, context.key_ring
        )
        await enter_organization(db, organization_id)
        made = await identity.create_token(
            db,
            actor(organization_id, user_id),
            name="readiness",
            scopes=[ALL_SCOPES],
            expires_at=clock.now() + LIFETIME,
        )
        token_id = made.token.id
    headers = {"Authorization": f"Bearer {made.text}"}
    return ProbeTenant(organization_id, user_id, headers), token_id
