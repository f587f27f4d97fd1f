"""HTTP of the caller's own tokens."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hauberk.db.repository import PageRequest
from hauberk.features.identity import service
from hauberk.features.identity.access import SignedInActor, TokensWrite
from hauberk.features.identity.repository import TokenRepository
from hauberk.features.identity.schemas import MadeTokenSchema, TokenRequest, TokenSchema
from hauberk.features.identity.serving import IdsDep, PageSchema, ReadSessionDep, SessionDep, paging

router = APIRouter()


@router.get("/tokens", tags=["tokens"])
async def list_tokens(
    actor: SignedInActor,
    db: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("-created_at"))],
) -> PageSchema[TokenSchema]:
    """The caller's own tokens."""
    found = await TokenRepository(db).list(actor, page)
    return PageSchema[TokenSchema].of(found, lambda token: TokenSchema.of(token, ids))


@router.post("/tokens", status_code=201, tags=["tokens"])
async def create_token(
    body: TokenRequest, actor: TokensWrite, db: SessionDep, ids: IdsDep
) -> MadeTokenSchema:
    """Make a token; its text is in this answer and nowhere else."""
    made = await service.create_token(
        db, actor, name=body.name, scopes=body.scopes, expires_at=body.expires_at
    )
    token = made.token
    return MadeTokenSchema(
        id=ids.encode("tok", token.id),
        token=made.text,
        name=token.name,
        scopes=token.scopes,
        expires_at=token.expires_at,
    )


@router.delete("/tokens/{token_id}", status_code=204, tags=["tokens"])
async def revoke_token(token_id: str, actor: SignedInActor, db: SessionDep, ids: IdsDep) -> None:
    """End one of the caller's own tokens, at once."""
    await service.revoke_token(db, actor, ids.decode("tok", token_id))
