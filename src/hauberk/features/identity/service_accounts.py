"""Service accounts: programs with a name of their own. They exchange a client secret for a token of a quarter of an hour.

Of the secrets there are at most two, so that a new one can be put in place before the old one goes.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from hauberk.db.audit import record
from hauberk.db.models.identity import ClientSecret, ServiceAccount
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import ALL_SCOPES, Actor, Permission, Role, granted
from hauberk.features.identity import counting, throttle, tokens
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import CredentialRepository
from hauberk.features.identity.service_account_repository import ServiceAccountRepository, is_over
from hauberk.infra.access_tokens import LIFETIME_SECONDS, AccessTokens
from hauberk.infra.crypto import equal
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated

SECRET_LIFETIME = timedelta(days=366)
MAX_SECRETS = 2


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """A client secret; its text is shown once."""

    account: ServiceAccount
    secret: ClientSecret
    text: str = field(repr=False)


async def create(db: DbSession, actor: Actor, *, name: str, role: Role, scopes: list[str]) -> MadeSecret:
    repository = ServiceAccountRepository(db)
    _check_rights(actor, role, scopes)
    if await repository.exists(actor, name):
        raise Conflict(f"There is a service account {name} already.", code="name_taken")
    account = ServiceAccount(
        organization_id=actor.organization_id,
        name=name,
        role=role.value,
        scopes=sorted(set(scopes)),
        created_by=actor.user_id,
        created_at=clock.now(),
        is_disabled=False,
    )
    await repository.add(account)
    detail = {"name": name, "role": role.value, "scopes": account.scopes}
    await record(db, actor, "service_account.created", "service_account", account.id, detail)
    return await _with_secret(db, actor, account)


async def change(
    db: DbSession,
    actor: Actor,
    number: int,
    *,
    name: str | None,
    role: Role | None,
    scopes: list[str] | None,
    is_disabled: bool | None,
) -> ServiceAccount:
    """Works at once: what an account may do is looked up at each of its requests."""
    repository = ServiceAccountRepository(db)
    account = await repository.get(actor, number, for_update=True)
    # Who may not do himself what it may do, may not make it his tool by another way either.
    _check_rights(actor, Role(account.role), account.scopes)
    wanted = {
        "name": name,
        "role": role.value if role else None,
        "scopes": sorted(set(scopes)) if scopes is not None else None,
        "is_disabled": is_disabled,
    }
    detail = {
        key: [getattr(account, key), value]
        for key, value in wanted.items()
        if value is not None and value != getattr(account, key)
    }
    if not detail:
        return account
    if "name" in detail and await repository.exists(actor, str(name), but=account.id):
        raise Conflict(f"There is a service account {name} already.", code="name_taken")
    for key, (_, value) in detail.items():
        setattr(account, key, value)
    _check_rights(actor, Role(account.role), account.scopes)
    await db.flush()
    await record(db, actor, "service_account.changed", "service_account", number, detail)
    return account


async def remove(db: DbSession, actor: Actor, number: int) -> None:
    repository = ServiceAccountRepository(db)
    account = await repository.get(actor, number, for_update=True)
    await repository.remove(account)
    detail = {"name": account.name}
    await record(db, actor, "service_account.removed", "service_account", number, detail)


async def add_secret(db: DbSession, actor: Actor, number: int) -> MadeSecret:
    repository = ServiceAccountRepository(db)
    account = await repository.get(actor, number, for_update=True)
    _check_rights(actor, Role(account.role), account.scopes)
    now = clock.now()
    known = await repository.secrets(actor, [number])
    for each in known:
        if is_over(each, now):
            await repository.remove_secret(each)
    if sum(not is_over(each, now) for each in known) >= MAX_SECRETS:
        raise Conflict(
            "There are two secrets, an old one and a new one; revoke the old one first.", code="two_secrets"
        )
    return await _with_secret(db, actor, account)


async def revoke_secret(db: DbSession, actor: Actor, number: int, secret_number: int) -> None:
    """The access tokens that it was exchanged for end with it."""
    repository = ServiceAccountRepository(db)
    account = await repository.get(actor, number, for_update=True)
    secret = await repository.secret(actor, number, secret_number)
    await repository.remove_secret(secret)
    detail = {"name": account.name, "secret": secret.public_id}
    await record(db, actor, "client_secret.revoked", "service_account", number, detail)


async def _with_secret(db: DbSession, actor: Actor, account: ServiceAccount) -> MadeSecret:
    made = tokens.new_token()
    now = clock.now()
    secret = await ServiceAccountRepository(db).add_secret(
        organization_id=account.organization_id,
        service_account_id=account.id,
        public_id=made.public_id,
        secret_hash=tokens.hash_of(made.secret),
        created_at=now,
        expires_at=now + SECRET_LIFETIME,
    )
    detail = {"name": account.name, "secret": made.public_id}
    await record(db, actor, "client_secret.created", "service_account", account.id, detail)
    return MadeSecret(account, secret, made.text)


def _check_rights(actor: Actor, role: Role, scopes: list[str]) -> None:
    if unknown := sorted(set(scopes) - set(Permission) - {ALL_SCOPES}):
        raise Invalid([("/scopes", f"There is no scope {', '.join(unknown)}.")])
    if not granted(role, scopes) <= actor.permissions:
        raise Forbidden("A service account cannot be given more than you may do here.", code="wider_account")


@dataclass(frozen=True, slots=True)
class Exchanged:
    access_token: str = field(repr=False)
    expires_in: int


async def exchange(context: Context, *, client_id: str, secret: str, address: str) -> Exchanged:
    """Client credentials for an access token. Wrong ones are counted, as wrong passwords are, and no cache forgets it."""
    subject = f"client:{_known_form(context, client_id)}"
    await throttle.count(context, email=subject, address=address)
    given = tokens.parse(secret)
    async with context.sessions.transaction() as db:
        found = await CredentialRepository(db).client_secret(given.public_id) if given else None
    if (
        given is None
        or found is None
        or not equal(tokens.hash_of(given.secret), found.secret_hash)
        or context.public_ids.encode("svc", found.service_account_id) != client_id
    ):
        counting.count("client", "fail")
        raise Unauthenticated("Client id or client secret is wrong, revoked or over.", code="invalid_client")
    counting.count("client", "success")
    await throttle.forgive(context, email=subject, address=address)
    issued = access_tokens(context).issue(client_id=client_id, credential=given.public_id)
    return Exchanged(issued, LIFETIME_SECONDS)


def _known_form(context: Context, client_id: str) -> str:
    """The id, or nothing for what cannot be one: a made-up one must not be counted as somebody else's attempts."""
    try:
        context.public_ids.decode("svc", client_id)
    except NotFound:
        return ""
    return client_id


def access_tokens(context: Context) -> AccessTokens:
    return AccessTokens(context.key_ring, context.settings.base_url)
