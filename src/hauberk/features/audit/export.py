"""The trail as a stream, newest first: CSV for spreadsheets, JSON Lines for programs and for who keeps it elsewhere."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import ColumnElement

from hauberk.db.audit import record
from hauberk.db.models.event import Event
from hauberk.domain.permissions import Actor
from hauberk.features.audit.narrowing import NarrowedDep
from hauberk.features.audit.repository import EventRepository
from hauberk.features.audit.schemas import EventSchema
from hauberk.features.identity.access import AuditRead
from hauberk.features.identity.context import Context
from hauberk.features.identity.downloads import TYPES, Format, download
from hauberk.features.identity.serving import STREAM, ContextDep, Ids, SessionDep, refusals
from hauberk.kit import spreadsheet

AT_ONCE: Final = 500
AT_A_TIME: Final = 2
"""Exports of one process: each has a connection of its own for as long as it reads."""
_COLUMNS: Final = (
    "id", "at", "actor_type", "actor_id", "actor_name", "action", "subject_type", "subject_id", "detail", "request_id",
    "link",
)  # fmt: skip

_FILTERS: Final = ("action", "subject_type", "subject", "user", "actor_type", "since", "until")

router = APIRouter()
_turns = asyncio.Semaphore(AT_A_TIME)


@router.get(
    "/export",
    openapi_extra=STREAM,
    response_class=StreamingResponse,
    responses=refusals(404)
    | {200: {"content": {each: {} for each in TYPES.values()}, "description": "Every event, newest first"}},
)
async def export_events(  # noqa: PLR0917 — the framework calls by keyword
    request: Request,
    actor: AuditRead,
    session: SessionDep,
    context: ContextDep,
    where: NarrowedDep,
    format: Annotated[Format, Query(description="What it is for")] = "csv",  # noqa: A002
) -> StreamingResponse:
    """All events that the filter finds, not only a page of them. That it was taken is an event itself."""
    asked = {name: request.query_params[name] for name in _FILTERS if name in request.query_params}
    await record(session, actor, "audit.exported", "audit", None, {"format": format, **asked})
    return download(_pages(context, actor, where, format), name="audit", format=format, columns=_COLUMNS)


async def _pages(
    context: Context,
    actor: Actor,
    where: Sequence[ColumnElement[bool]],
    format: Format,  # noqa: A002
) -> AsyncGenerator[bytes]:
    write = _csv if format == "csv" else _jsonl
    ids = Ids(context.public_ids)
    async with _turns, context.sessions.transaction(actor.organization_id, is_snapshot=True) as session:
        newest_first = (
            EventRepository(session).visible_to(actor).where(*where).order_by(Event.id.desc()).limit(AT_ONCE)
        )
        below: int | None = None
        while True:
            wanted = newest_first if below is None else newest_first.where(Event.id < below)
            events = (await session.scalars(wanted)).all()
            if not events:
                return
            yield write(EventSchema.of(event, ids) for event in events)
            below = events[-1].id
            session.expunge_all()  # what was written is not kept


def _jsonl(events: Iterable[EventSchema]) -> bytes:
    return b"".join(
        orjson.dumps(each.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE) for each in events
    )


def _csv(events: Iterable[EventSchema]) -> bytes:
    return b"".join(spreadsheet.line(_cells(each)) for each in events)


def _cells(event: EventSchema) -> list[object]:
    shown = event.model_dump(mode="json")
    flat = shown | {
        **{f"actor_{name}": value for name, value in shown["actor"].items()},
        **{f"subject_{name}": value for name, value in shown["subject"].items()},
        "detail": orjson.dumps(shown["detail"]).decode() if shown["detail"] else "",
    }
    return [flat[name] for name in _COLUMNS]
