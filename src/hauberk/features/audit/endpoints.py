"""HTTP of the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from hauberk.db.repository import PageRequest
from hauberk.features.audit.proof import prove
from hauberk.features.audit.repository import EventRepository, matching
from hauberk.features.audit.schemas import SUBJECTS, ActorType, AuditChainSchema, EventSchema
from hauberk.features.identity.access import AuditRead
from hauberk.features.identity.serving import Ids, IdsDep, PageSchema, ReadSessionDep, paging, refusals
from hauberk.kit.errors import NotFound

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
    subject: Annotated[str | None, Query(max_length=80, description="What it was done to: `fnd_…`")] = None,
    user: Annotated[str | None, Query(max_length=80, description="Who did it: `usr_…`")] = None,
    actor_type: Annotated[ActorType | None, Query(description="What kind of caller did it")] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this moment")] = None,
) -> PageSchema[EventSchema]:
    """Who did what to what, newest first."""
    kind, number = _subject(subject, ids) if subject else (subject_type, None)
    where = matching(
        action=action,
        actor_type=actor_type,
        actor_id=ids.decode("usr", user) if user else None,
        subject_type=kind,
        subject_id=number,
        since=since,
        until=until,
    )
    found = await EventRepository(session).list(actor, page, *where)
    return PageSchema[EventSchema].of(found, lambda event: EventSchema.of(event, ids))


@router.get("/chain")
async def audit_chain(actor: AuditRead, session: ReadSessionDep) -> AuditChainSchema:
    """Whether the trail is whole: each event is chained by its hash to all before it, and the chain is walked."""
    connection = await session.connection()
    return AuditChainSchema.of(await connection.run_sync(prove, actor.organization_id))


def _subject(text: str, ids: Ids) -> tuple[str, int]:
    """`fnd_…` → ("finding", 7); what is no id of anything in the trail was not found."""
    prefix = text.partition("_")[0]
    if prefix not in SUBJECTS:
        raise NotFound("subject", text)
    return SUBJECTS[prefix], ids.decode(prefix, text)
