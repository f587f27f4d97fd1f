"""Saved views of the list of findings over HTTP: one's own and those that others share."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hauberk.db.repository import PageRequest
from hauberk.features.findings import view_service
from hauberk.features.findings.view_repository import ViewRepository
from hauberk.features.findings.view_schemas import ViewChange, ViewPayload, ViewSchema
from hauberk.features.identity.access import FindingsRead
from hauberk.features.identity.serving import (
    ContextDep,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)

router = APIRouter(prefix="/views")


@router.get("")
async def list_views(
    actor: FindingsRead,
    session: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("name"))],
) -> PageSchema[ViewSchema]:
    """Your saved views and those that others share, by name."""
    found = await ViewRepository(session).page(actor, page)
    return PageSchema[ViewSchema].of(found, lambda row: ViewSchema.of(row, actor.user_id, ids))


@router.post("", status_code=201, responses=refusals(409))
async def save_view(
    actor: FindingsRead, session: SessionDep, context: ContextDep, ids: IdsDep, payload: ViewPayload
) -> ViewSchema:
    """Keep a filter and its order under a name. To share it needs `findings:write`."""
    number = await view_service.create(session, actor, context.public_ids, payload.values())
    return ViewSchema.of(await ViewRepository(session).shown(actor, number), actor.user_id, ids)


@router.patch("/{view_id}", responses=refusals(404, 409))
async def change_view(  # noqa: PLR0917 — the framework calls by keyword
    actor: FindingsRead,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    view_id: str,
    payload: ViewChange,
) -> ViewSchema:
    """Rename it, let it find something else, or share it. Whose it is, alone does so."""
    number = ids.decode("viw", view_id)
    await view_service.change(session, actor, context.public_ids, number, payload.values())
    return ViewSchema.of(await ViewRepository(session).shown(actor, number), actor.user_id, ids)


@router.delete("/{view_id}", status_code=204, responses=refusals(404))
async def delete_view(actor: FindingsRead, session: SessionDep, ids: IdsDep, view_id: str) -> None:
    """Forget it; findings stay as they are."""
    await view_service.delete(session, actor, ids.decode("viw", view_id))
