"""Server-sent events of one scan: its progress while it is read, the scan itself when it is finished."""

from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from hauberk.domain.permissions import Permission
from hauberk.features.identity import standing
from hauberk.features.identity.access import Caller, ScansRead
from hauberk.features.identity.caller import SignedIn
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import STREAM, ContextDep, Ids, IdsDep, SessionDep, refusals
from hauberk.features.scans.presenting import scan_schema
from hauberk.features.scans.repository import ScanRepository
from hauberk.features.scans.schemas import ScanSchema
from hauberk.kit.errors import RateLimited

EVERY_SECONDS = 0.5
KEEP_ALIVE_LOOKS = 30
_GOING_ON = ("accepted", "running")

router = APIRouter(tags=["scans"])


@router.get(
    "/scans/{scan_id}/events",
    openapi_extra=STREAM,
    response_class=StreamingResponse,
    responses={
        200: {"description": "`progress` events, then one `finished`", "content": {"text/event-stream": {}}},
        **refusals(404),
    },
)
async def follow_scan(
    scan_id: str,
    actor: ScansRead,
    caller: Caller,
    *,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
) -> StreamingResponse:
    """Follow a scan: `progress` about twice a second while something moves, `finished` with the scan at the end."""
    number = ids.decode("scn", scan_id)
    first = scan_schema(await ScanRepository(session).shown(actor, number), ids)
    with context.streams.one_more(caller):  # refused before the answer begins; counted while it goes on
        pass
    return StreamingResponse(
        _followed(context, caller, number, ids, first),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _followed(
    context: Context, caller: SignedIn, number: int, ids: Ids, first: ScanSchema
) -> AsyncIterator[str]:
    with suppress(RateLimited), context.streams.one_more(caller):
        async for event in _events(context, caller, number, ids, first):
            yield event


async def _events(
    context: Context, caller: SignedIn, number: int, ids: Ids, first: ScanSchema
) -> AsyncIterator[str]:
    scan, told, quiet = first, "", 0
    while scan.state in _GOING_ON:
        progress = scan.progress.model_dump_json() if scan.progress else "null"
        now = f'{{"state":"{scan.state}","progress":{progress}}}'
        quiet = 0 if now != told else quiet + 1
        if now != told:
            told = now
            yield f"event: progress\ndata: {now}\n\n"
        elif quiet % KEEP_ALIVE_LOOKS == 0:
            yield ": still here\n\n"
        if await context.draining.pause(EVERY_SECONDS):
            return  # the reader comes again by itself, to a process that stays
        looked = await _look(context, caller, number, ids)
        if looked is None:
            return
        scan = looked
    yield f"event: finished\ndata: {scan.model_dump_json()}\n\n"


async def _look(context: Context, caller: SignedIn, number: int, ids: Ids) -> ScanSchema | None:
    """A transaction of its own each time: none is open while nothing happens. None to whoever may not look any more."""
    actor = caller.actor
    async with context.sessions.transaction(actor.organization_id) as session:
        if not await standing.may_still(session, caller, Permission.SCANS_READ):
            return None
        return scan_schema(await ScanRepository(session).shown(actor, number), ids)
