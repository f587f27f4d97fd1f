"""HTTP of service accounts: what administrators do with them, and the exchange of their credentials for a token."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request

from hauberk.db.repository import PageRequest
from hauberk.features.identity import service_accounts
from hauberk.features.identity.access import UsersRead, UsersWrite
from hauberk.features.identity.service_account_repository import ServiceAccountRepository
from hauberk.features.identity.service_account_schemas import (
    AccessTokenSchema,
    MadeSecretSchema,
    PublicKeysSchema,
    ServiceAccountChange,
    ServiceAccountRequest,
    ServiceAccountSchema,
    TokenGrant,
)
from hauberk.features.identity.serving import (
    ContextDep,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.kit.errors import Invalid

GRANT = "client_credentials"
KIND = "Bearer"

router = APIRouter(tags=["service accounts"])


@router.post("/auth/token", responses=refusals(401))
async def exchange_credentials(
    request: Request, body: Annotated[TokenGrant, Form()], context: ContextDep
) -> AccessTokenSchema:
    """Exchange a service account's client id and secret for a token of fifteen minutes."""
    if body.grant_type != GRANT:
        raise Invalid([("/grant_type", f"The grant type here is {GRANT}.")])
    client_id, secret = _basic(request.headers.get("authorization", "")) or (
        body.client_id,
        body.client_secret,
    )
    if not client_id or not secret:
        raise Invalid([("/client_secret", "Send client_id and client_secret, here or by HTTP Basic.")])
    made = await service_accounts.exchange(
        context, client_id=client_id, secret=secret, address=request.state.address
    )
    return AccessTokenSchema(
        access_token=made.access_token,
        token_type=KIND,
        expires_in=made.expires_in,
    )


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, separator, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, secret) if separator else None


@router.get("/auth/keys")
async def read_public_keys(context: ContextDep) -> PublicKeysSchema:
    """The public keys of access tokens, a JSON web key set; of several the first signs."""
    return PublicKeysSchema.model_validate(service_accounts.access_tokens(context).public_keys())


@router.get("/service-accounts")
async def list_service_accounts(
    actor: UsersRead,
    db: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("name"))],
) -> PageSchema[ServiceAccountSchema]:
    """The organization's service accounts, each with its secrets' beginnings."""
    repository = ServiceAccountRepository(db)
    found = await repository.list(actor, page)
    secrets = await repository.secrets(actor, [each.id for each in found.items])
    return PageSchema[ServiceAccountSchema].of(
        found, lambda account: ServiceAccountSchema.of(account, secrets, ids)
    )


@router.post("/service-accounts", status_code=201, responses=refusals(409))
async def create_service_account(
    body: ServiceAccountRequest, actor: UsersWrite, db: SessionDep, ids: IdsDep
) -> MadeSecretSchema:
    """Make a service account; its client secret is in this answer and nowhere else."""
    made = await service_accounts.create(db, actor, name=body.name, role=body.role, scopes=body.scopes)
    return MadeSecretSchema.of(made, ids)


@router.patch("/service-accounts/{account_id}", responses=refusals(409))
async def change_service_account(
    account_id: str, body: ServiceAccountChange, actor: UsersWrite, db: SessionDep, ids: IdsDep
) -> ServiceAccountSchema:
    """Rename it, change its rights or disable it; all of it works at once."""
    number = ids.decode("svc", account_id)
    account = await service_accounts.change(db, actor, number, **body.model_dump())
    return ServiceAccountSchema.of(account, await ServiceAccountRepository(db).secrets(actor, [number]), ids)


@router.delete("/service-accounts/{account_id}", status_code=204)
async def remove_service_account(account_id: str, actor: UsersWrite, db: SessionDep, ids: IdsDep) -> None:
    """Remove it, with its secrets and every token they were exchanged for."""
    await service_accounts.remove(db, actor, ids.decode("svc", account_id))


@router.post("/service-accounts/{account_id}/secrets", status_code=201, responses=refusals(409))
async def create_client_secret(
    account_id: str, actor: UsersWrite, db: SessionDep, ids: IdsDep
) -> MadeSecretSchema:
    """A second secret, to be put in place before the first one is revoked."""
    return MadeSecretSchema.of(
        await service_accounts.add_secret(db, actor, ids.decode("svc", account_id)), ids
    )


@router.delete("/service-accounts/{account_id}/secrets/{secret_id}", status_code=204)
async def revoke_client_secret(
    account_id: str, secret_id: str, actor: UsersWrite, db: SessionDep, ids: IdsDep
) -> None:
    """End a secret and the tokens it was exchanged for, at once."""
    await service_accounts.revoke_secret(
        db, actor, ids.decode("svc", account_id), ids.decode("sec", secret_id)
    )
