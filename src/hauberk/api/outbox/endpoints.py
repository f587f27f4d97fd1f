"""HTTP of events that were given up: look at them, and hand them out again."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hauberk.api.outbox.repository import UndeliveredRepository
from hauberk.api.outbox.schemas import Replayed, ReplayOrder, UndeliveredSchema
from hauberk.db.audit import record, record_all
from hauberk.db.repository import PageRequest
from hauberk.features.identity.access import JobsRead, JobsWrite
from hauberk.features.identity.serving import IdsDep, PageSchema, ReadSessionDep, SessionDep, paging
from hauberk.jobs import outbox

MOST_REPLAYED = 1_000

router = APIRouter(prefix="/undelivered-events", tags=["jobs"])


@router.get("")
async def list_undelivered(
    actor: JobsRead,
    session: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("id"))],
) -> PageSchema[UndeliveredSchema]:
    """Events of the organization that some handler never got, in spite of all its tries; the oldest first."""
    found = await UndeliveredRepository(session).list(actor, page)
    return PageSchema[UndeliveredSchema].of(found, lambda event: UndeliveredSchema.of(event, ids))


@router.post("/replay", status_code=202)
async def replay_all(actor: JobsWrite, session: SessionDep, order: ReplayOrder) -> Replayed:
    """Each goes to the handlers that missed it, with all its tries; the oldest first, of many the first thousand."""
    events = UndeliveredRepository(session)
    numbers = await events.numbers(actor, topic=order.topic, at_most=MOST_REPLAYED)
    await outbox.replay(session, actor.organization_id, numbers)
    acts: list[tuple[str, int, dict[str, str]]] = [("event.replayed", number, {}) for number in numbers]
    await record_all(session, actor, "undelivered_event", acts)
    return Replayed(replayed=len(numbers), left=await events.count(actor, topic=order.topic))


@router.post("/{event_id}/replay", status_code=202)
async def replay_one(event_id: str, actor: JobsWrite, session: SessionDep, ids: IdsDep) -> Replayed:
    """It goes to the handlers that missed it, with all its tries."""
    events = UndeliveredRepository(session)
    event = await events.get(actor, ids.decode("out", event_id))
    await outbox.replay(session, actor.organization_id, [event.id])
    await record(session, actor, "event.replayed", "undelivered_event", event.id)
    return Replayed(replayed=1, left=await events.count(actor, topic=None))
