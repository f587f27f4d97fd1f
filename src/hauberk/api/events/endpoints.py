"""HTTP of events: a stream that says when something of the organization changed, so that open pages ask again."""

import random
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from hauberk.api.events.watching import Watchers
from hauberk.features.identity.access import Caller, FindingsRead
from hauberk.features.identity.caller import SignedIn
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import STREAM, ContextDep
from hauberk.infra.draining import Draining
from hauberk.kit.errors import RateLimited

QUIET_SECONDS = 15.0
TOLD_A_SECOND = 50
"""Readers of one organization in this process. Whoever is told asks again, so that more at once would be an onslaught."""
_STILL_HERE: Final = ": still here\n\n"

router = APIRouter(tags=["events"])


@router.get(
    "/events",
    openapi_extra=STREAM,
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A `changed` event whenever findings change",
            "content": {"text/event-stream": {}},
        }
    },
)
async def follow_changes(
    request: Request, _actor: FindingsRead, caller: Caller, context: ContextDep
) -> StreamingResponse:
    """Stay informed: `changed` when findings or scans of the organization have changed. It carries no data of them."""
    watchers: Watchers = request.app.state.watchers
    with context.streams.one_more(caller):  # refused before the answer begins; counted while it goes on
        pass
    return StreamingResponse(
        _events(context, watchers, caller),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(context: Context, watchers: Watchers, caller: SignedIn) -> AsyncIterator[str]:
    with suppress(RateLimited), context.streams.one_more(caller):
        async with watchers.watching(caller) as (watcher, reader):
            version = await watcher.after("", QUIET_SECONDS)
            yield "event: connected\ndata: {}\n\n"
            while not context.draining.has_begun:  # the reader comes again by itself, to a process that stays
                now = await watcher.after(version, QUIET_SECONDS)
                if now != version:
                    async for sign in _in_turn(context.draining, len(watcher.readers)):
                        yield sign
                    now = watcher.version  # what changed meanwhile is told with it
                if not reader.may_read:
                    return
                yield _STILL_HERE if now == version else "event: changed\ndata: {}\n\n"
                version = now


async def _in_turn(draining: Draining, readers: int) -> AsyncIterator[str]:
    """Waits until it is this reader's turn; a proxy takes who says nothing meanwhile for dead."""
    pause = random.random() * readers / TOLD_A_SECOND  # noqa: S311 - spreads only
    while pause > QUIET_SECONDS and not await draining.pause(QUIET_SECONDS):
        yield _STILL_HERE
        pause -= QUIET_SECONDS
    await draining.pause(min(pause, QUIET_SECONDS))
