"""The organization's people and what they hold: tokens, invitations, roles."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hauberk.db.audit import record
from hauberk.db.models.identity import Invitation, Token
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import ALL_SCOPES, Actor, Permission, Role, granted
from hauberk.features.identity import tokens
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import (
    InvitationRepository,
    TokenRepository,
    UserRepository,
)
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Forbidden, Invalid

TOKEN_LIFETIME = timedelta(days=90)
MAX_TOKEN_LIFETIME = timedelta(days=366)
INVITATION_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token; its text is shown once."""

    token: Token
    text: str = field(repr=False)


async def create_token(
    db: DbSession, actor: Actor, *, name: str, scopes: list[str], expires_at: datetime | None = None
) -> MadeToken:
    """Never more than the actor may do himself, so a narrow token cannot make a wide one."""
    if actor.user_id is None:
        raise Forbidden(
            "A token is a person's own; a service account has client secrets.", code="person_needed"
        )
    if unknown := sorted(set(scopes) - set(Permission) - {ALL_SCOPES}):
        raise Invalid([("/scopes", f"There is no scope {', '.join(unknown)}.")])
    if not granted(actor.role, scopes) <= actor.permissions:
        raise Forbidden("A token cannot make one that may do more than itself.", code="wider_token")
    now = clock.now()
    until = expires_at or now + TOKEN_LIFETIME
    if not now < until <= now + MAX_TOKEN_LIFETIME:
        raise Invalid([("/expires_at", "A token ends within a year, and in the future.")])
    made = tokens.new_token()
    token = Token(
        organization_id=actor.organization_id,
        user_id=actor.user_id,
        name=name,
        public_id=made.public_id,
        secret_hash=tokens.hash_of(made.secret),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=until,
    )
    await TokenRepository(db).add(token)
    await record(db, actor, "token.created", "token", token.id, {"name": name, "scopes": token.scopes})
    return MadeToken(token, made.text)


async def revoke_token(db: DbSession, actor: Actor, token_id: int) -> None:
    """A token that leaked into some program ends itself, and not what the person's other programs work with."""
    if actor.token_id not in (None, token_id) and not actor.may(Permission.TOKENS_WRITE):
        raise Forbidden(
            f"A token without the scope {Permission.TOKENS_WRITE} can revoke itself only.", code="other_token"
        )
    repository = TokenRepository(db)
    token = await repository.get(actor, token_id)
    await repository.remove(token)
    await record(db, actor, "token.revoked", "token", token_id, {"name": token.name})


async def rename(db: DbSession, actor: Actor, name: str) -> None:
    assert actor.user_id is not None
    await UserRepository(db).rename(actor.user_id, name)
    await record(db, actor, "user.renamed", "user", actor.user_id, {"name": [actor.name, name]})


async def change_user(
    db: DbSession, actor: Actor, user_id: int, *, role: Role | None = None, is_disabled: bool | None = None
) -> None:
    """Works at once: sessions and tokens are looked up with the membership at every request."""
    users = UserRepository(db)
    administrators = await users.administrators(actor)
    user = await users.get(actor, user_id)
    loses_rights = (role is not None and role is not Role.ADMIN) or is_disabled is True
    if loses_rights and list(administrators) == [user_id]:
        raise Conflict(
            "This is the last administrator; make somebody else one first.", code="last_administrator"
        )
    changes: dict[str, Any] = {}
    detail: dict[str, Any] = {"email": user.email}
    if role is not None and role.value != user.role:
        _check_role(actor, role)
        changes["role"] = role.value
        detail["role"] = [user.role, role.value]
    if is_disabled is not None and is_disabled != user.is_disabled:
        changes["is_disabled"] = is_disabled
        detail["is_disabled"] = [user.is_disabled, is_disabled]
    if not changes:
        return
    await users.change(actor, user_id, changes)
    if is_disabled:
        await users.end_sessions(actor, user_id)
    await record(db, actor, "user.changed", "user", user_id, detail)


@dataclass(frozen=True, slots=True)
class MadeInvitation:
    invitation: Invitation
    url: str = field(repr=False)


async def invite(db: DbSession, context: Context, actor: Actor, *, email: str, role: Role) -> MadeInvitation:
    """A new invitation of the same person replaces the older one."""
    _check_role(actor, role)
    if await UserRepository(db).exists(actor, email):
        raise Conflict(f"{email} is a member already.", code="member_already")
    secret = tokens.new_secret()
    now = clock.now()
    invitation = Invitation(
        organization_id=actor.organization_id,
        email=email,
        role=role.value,
        token_hash=tokens.hash_of(secret),
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
    )
    repository = InvitationRepository(db)
    await repository.remove_for(actor, email)
    await repository.add(invitation)
    await record(
        db, actor, "invitation.created", "invitation", invitation.id, {"email": email, "role": role.value}
    )
    return MadeInvitation(invitation, f"{context.settings.base_url}/invitation#token={secret}")


def _check_role(actor: Actor, role: Role) -> None:
    """A narrow token must not make a person who may do what it may not itself."""
    if not granted(role) <= actor.permissions:
        raise Forbidden("Nobody can be given a role that may do more than you may here.", code="wider_role")


async def withdraw(db: DbSession, actor: Actor, invitation_id: int) -> None:
    repository = InvitationRepository(db)
    invitation = await repository.get(actor, invitation_id)
    await repository.remove(invitation)
    await record(db, actor, "invitation.withdrawn", "invitation", invitation_id, {"email": invitation.email})
