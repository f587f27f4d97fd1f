"""What whoever owns the machine may do to people and tokens, from the command line and at the first start."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hauberk.db.audit import record
from hauberk.db.repository import MAX_LIMIT, PageRequest
from hauberk.db.session import enter_organization
from hauberk.domain.permissions import Actor, Role, granted
from hauberk.features.identity import passwords, service
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import CredentialRepository, UserRepository
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Invalid, NotFound

FIRST_ORGANIZATION = "My organization"


async def ensure_first_administrator(context: Context) -> bool:
    """On an empty installation: an organization and its administrator, from the settings. Whether it was empty."""
    admin = context.settings.admin
    password = admin.password.get_secret_value() if admin.password else None
    async with context.sessions.transaction() as db:
        if await CredentialRepository(db).organizations():
            return False
        made = await CredentialRepository(db).create_account(
            email=admin.email.strip().lower(),
            name="Administrator",
            password_hash=None if password is None else context.passwords.hash_now(password),
            organization=FIRST_ORGANIZATION,
            key_ring=context.key_ring,
            first=True,
        )
    return made is not None


async def has_password(context: Context, email: str) -> bool:
    async with context.sessions.transaction() as db:
        person = await CredentialRepository(db).person(email)
    return person is not None and person.password_hash is not None


async def add_member(context: Context, *, email: str, name: str, role: str, organization: str) -> None:
    """Somebody new, or somebody known in another organization; his password stays what it is."""
    if role not in set(Role):
        raise Invalid([("/role", f"The roles are {', '.join(Role)}.")])
    if "@" not in email:
        raise Invalid([("/email", f"{email} is not an e-mail address.")])
    async with context.sessions.transaction() as db:
        credentials = CredentialRepository(db)
        chosen = _chosen(await credentials.organizations(), organization)
        if context.settings.signup == "open" and await credentials.person(email.strip().lower()):
            raise Conflict(
                f"There is an account {email}, and with open sign-up nobody has proved that the address is its owner's."
                " Invite it instead: an invitation needs its link and the account's password.",
                code="unproved_account",
            )
        user_id = await credentials.add_member(
            organization_id=chosen.id,
            email=email.strip().lower(),
            name=name or email,
            password_hash=None,
            role=Role(role),
        )
        await enter_organization(db, chosen.id)
        await record(
            db, Actor.system(chosen.id), "user.added", "user", user_id, {"email": email, "role": role}
        )


async def everybody(context: Context) -> list[tuple[Any, Sequence[Any]]]:
    """Each organization with its people, the first 200 of each."""
    found = []
    async with context.sessions.transaction() as db:
        for each in await CredentialRepository(db).organizations():
            await enter_organization(db, each.id)
            page = await UserRepository(db).list(Actor.system(each.id), PageRequest("email", MAX_LIMIT))
            found.append((each, page.items))
    return found


async def disable_everywhere(context: Context, email: str, *, disabled: bool) -> None:
    async with context.sessions.transaction() as db:
        credentials = CredentialRepository(db)
        user_id = await credentials.disable_user(email.strip().lower(), disabled=disabled)
        if user_id is None:
            raise NotFound("person", email)
        await credentials.end_other_sessions(user_id, None)
        await _record_everywhere(context, user_id, "user.disabled" if disabled else "user.enabled", email)


async def set_password(context: Context, email: str, new: str) -> None:
    passwords.check(new, pointer="/password")
    async with context.sessions.transaction() as db:
        credentials = CredentialRepository(db)
        person = await credentials.person(email.strip().lower())
        if person is None:
            raise NotFound("person", email)
        await credentials.set_password(person.user_id, context.passwords.hash_now(new))
        await credentials.end_other_sessions(person.user_id, None)
        await _record_everywhere(context, person.user_id, "user.password_changed", email)


async def create_token_for(
    context: Context, *, email: str, organization: str, name: str, scopes: list[str], lifetime: timedelta
) -> str:
    """The text of a new token of a person."""
    email = email.strip().lower()
    async with context.sessions.transaction() as db:
        credentials = CredentialRepository(db)
        person = await credentials.person(email)
        if person is None:
            raise NotFound("person", email)
        chosen = _chosen(await credentials.memberships(person.user_id), organization)
        await enter_organization(db, chosen.organization_id)
        role = Role(chosen.role)
        actor = Actor(chosen.organization_id, person.user_id, None, role, granted(role), person.name)
        made = await service.create_token(
            db, actor, name=name, scopes=scopes, expires_at=clock.now() + lifetime
        )
    return made.text


async def _record_everywhere(context: Context, user_id: int, action: str, email: str) -> None:
    """In the trail of each organization that the person belongs to."""
    async with context.sessions.transaction() as db:
        for each in await CredentialRepository(db).memberships(user_id):
            await enter_organization(db, each.organization_id)
            await record(db, Actor.system(each.organization_id), action, "user", user_id, {"email": email})


def _chosen(organizations: Sequence[Any], name: str) -> Any:
    """The one that is named, or the only one."""
    named = [each for each in organizations if not name or each.name == name]
    if not named:
        raise NotFound("organization", name)
    if len(named) > 1:
        names = ", ".join(each.name for each in named)
        raise Conflict(f"There are several organizations: say --organization with one of {names}.")
    return named[0]
