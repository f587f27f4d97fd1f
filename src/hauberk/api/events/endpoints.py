"""HTTP of events: a stream that says when something of the organization changed, so that open pages ask again."""

import random
from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from hauberk.api.events.watching import Watchers
from hauberk.features.identity.access import Caller, FindingsRead
from hauberk.features.identity.caller import SignedIn
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import STREAM, ContextDep
from hauberk.kit.errors import RateLimited

QUIET_SECONDS = 15.0
TOLD_A_SECOND = 50
"""Readers of one organization in this process. Whoever is told asks again, so that more at once would be an onslaught."""

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
                    pause = random.random() * len(watcher.readers) / TOLD_A_SECOND  # noqa: S311 - spreads only
                    while pause > QUIET_SECONDS and not await context.draining.pause(QUIET_SECONDS):
                        yield ": still here\n\n"  # a proxy takes who is silent for longer for dead
                        pause -= QUIET_SECONDS
                    await context.draining.pause(min(pause, QUIET_SECONDS))
                    now = watcher.version  # what changed meanwhile is told with it
                if not reader.may_read:
                    return
                yield ": still here\n\n" if now == version else "event: changed\ndata: {}\n\n"
                version = now
