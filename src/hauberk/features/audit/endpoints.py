"""HTTP of the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from hauberk.db.repository import PageRequest
from hauberk.features.audit.repository import EventRepository, matching
from hauberk.features.audit.schemas import EventSchema
from hauberk.features.identity.access import AuditRead
from hauberk.features.identity.serving import IdsDep, PageSchema, ReadSessionDep, paging, refusals

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("", responses=refusals(404))
async def list_events(
    actor: AuditRead,
    session: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("-id", "id"))],
    action: Annotated[
        str | None, Query(max_length=100, description="`finding.triaged`, or `finding.` for all of them")
    ] = None,
    subject_type: Annotated[str | None, Query(max_length=50)] = None,
    user: Annotated[str | None, Query(max_length=80, description="Who did it: `usr_…`")] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
) -> PageSchema[EventSchema]:
    """Who did what to what, newest first."""
    where = matching(
        action=action,
        subject_type=subject_type,
        actor_id=ids.decode("usr", user) if user else None,
        since=since,
    )
    found = await EventRepository(session).list(actor, page, *where)
    return PageSchema[EventSchema].of(found, lambda event: EventSchema.of(event, ids))
