"""Whether who opened a stream may still follow it: whoever signs out, or loses a right, loses it there too."""

import time
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Executable, func, select
from sqlalchemy.dialects.postgresql import array

from hauberk.db.models.identity import ClientSecret, Membership, ServiceAccount, Session, Token, User
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import ALL_SCOPES, Permission, Role, granted
from hauberk.features.identity.caller import SignedIn

_Credential = type[Session] | type[Token] | type[ClientSecret]
_CREDENTIALS: Final[tuple[_Credential, ...]] = (Session, Token, ClientSecret)


async def may_still(db: DbSession, caller: SignedIn, permission: Permission) -> bool:
    """In a transaction of the caller's organization; unlike a request, it does not count as using the session."""
    return (await each_may_still(db, [caller], permission))[0]


async def each_may_still(db: DbSession, callers: Sequence[SignedIn], permission: Permission) -> list[bool]:
    """The same of many of one organization, in the order given: a statement for each kind of credential among them."""
    now = time.time()
    asked = [(caller, *_credential(caller)) for caller in callers]
    standing: set[tuple[_Credential, int]] = set()
    for kind in _CREDENTIALS:
        numbers = {number for _, of, number in asked if of is kind and number is not None}
        if not numbers:
            continue
        found = await db.execute(_standing(kind, callers[0].actor.organization_id, numbers))
        standing |= {(kind, row.id) for row in found if permission in granted(Role(row.role), row.scopes)}
    return [
        (kind, number) in standing and (caller.exchanged is None or caller.exchanged.expires_at > now)
        for caller, kind, number in asked
    ]


def _credential(caller: SignedIn) -> tuple[_Credential, int | None]:
    if caller.actor.service_account_id is not None:
        return ClientSecret, caller.exchanged.secret_id if caller.exchanged else None
    if caller.actor.token_id:
        return Token, caller.actor.token_id
    return Session, caller.session_id


def _standing(kind: _Credential, organization_id: int, numbers: Collection[int]) -> Executable:
    """Role and scopes as they are now, no row where the credential is gone. Row-level security bounds it."""
    lasting = (
        kind.organization_id == organization_id,
        kind.id == func.any(list(numbers)),
        kind.expires_at > func.clock_timestamp(),
    )
    if kind is Session or kind is Token:
        scopes = Token.scopes if kind is Token else array([ALL_SCOPES])
        return (
            select(kind.id, Membership.role, scopes.label("scopes"))
            .join(User, User.id == Membership.user_id)
            .join(kind, kind.user_id == Membership.user_id)
            .where(
                *lasting,
                Membership.organization_id == organization_id,
                ~Membership.is_disabled,
                ~User.is_disabled,
            )
        )
    return (
        select(ClientSecret.id, ServiceAccount.role, ServiceAccount.scopes)
        .join(ServiceAccount, ServiceAccount.id == ClientSecret.service_account_id)
        .where(*lasting, ServiceAccount.organization_id == organization_id, ~ServiceAccount.is_disabled)
    )
