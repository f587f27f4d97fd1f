"""HTTP of the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hauberk.db.repository import PageRequest
from hauberk.features.audit import export
from hauberk.features.audit.narrowing import NarrowedDep
from hauberk.features.audit.proof import prove
from hauberk.features.audit.repository import EventRepository
from hauberk.features.audit.schemas import AuditChainSchema, EventSchema
from hauberk.features.identity.access import AuditRead
from hauberk.features.identity.serving import IdsDep, PageSchema, ReadSessionDep, paging, refusals

router = APIRouter(prefix="/audit", tags=["audit"])
router.include_router(export.router)


@router.get("", responses=refusals(404))
async def list_events(
    actor: AuditRead,
    session: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("-id", "id"))],
    where: NarrowedDep,
) -> PageSchema[EventSchema]:
    """Who did what to what, newest first."""
    found = await EventRepository(session).list(actor, page, *where)
    return PageSchema[EventSchema].of(found, lambda event: EventSchema.of(event, ids))


@router.get("/chain")
async def audit_chain(actor: AuditRead, session: ReadSessionDep) -> AuditChainSchema:
    """Whether the trail is whole: each event is chained by its hash to all before it, and the chain is walked."""
    connection = await session.connection()
    return AuditChainSchema.of(await connection.run_sync(prove, actor.organization_id))
