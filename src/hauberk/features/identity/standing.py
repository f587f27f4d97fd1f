"""Whether who opened a stream may still follow it: whoever signs out, or loses a right, loses it there too."""

import time

from sqlalchemy import Executable, func, select
from sqlalchemy.dialects.postgresql import array

from hauberk.db.models.identity import ClientSecret, Membership, ServiceAccount, Session, Token, User
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import ALL_SCOPES, Permission, Role, granted
from hauberk.features.identity.caller import SignedIn


async def may_still(db: DbSession, caller: SignedIn, permission: Permission) -> bool:
    """In a transaction of the caller's organization; unlike a request, it does not count as using the session."""
    if caller.exchanged is not None and caller.exchanged.expires_at <= time.time():
        return False
    found = (await db.execute(_standing(caller))).one_or_none()
    return found is not None and permission in granted(Role(found.role), found.scopes)


def _standing(caller: SignedIn) -> Executable:
    """Role and scopes as they are now, no row where the credential is gone. Row-level security bounds it."""
    actor = caller.actor
    if actor.service_account_id is not None:
        return select(ServiceAccount.role, ServiceAccount.scopes).where(
            ServiceAccount.organization_id == actor.organization_id,
            ServiceAccount.id == actor.service_account_id,
            ~ServiceAccount.is_disabled,
            select(ClientSecret.id)
            .where(
                ClientSecret.organization_id == actor.organization_id,
                ClientSecret.id == (caller.exchanged.secret_id if caller.exchanged else None),
                ClientSecret.expires_at > func.clock_timestamp(),
            )
            .exists(),
        )
    credential, number = (Token, actor.token_id) if actor.token_id else (Session, caller.session_id)
    scopes = Token.scopes if credential is Token else array([ALL_SCOPES])
    return (
        select(Membership.role, scopes.label("scopes"))
        .join(User, User.id == Membership.user_id)
        .join(credential, credential.user_id == Membership.user_id)
        .where(
            Membership.organization_id == actor.organization_id,
            credential.organization_id == actor.organization_id,
            credential.id == number,
            credential.expires_at > func.clock_timestamp(),
            ~Membership.is_disabled,
            ~User.is_disabled,
        )
    )
