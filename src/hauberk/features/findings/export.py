"""The whole list as a stream, of now or as it was: CSV for spreadsheets, JSON Lines for programs.

All of it is of one moment: found by one statement and read from its snapshot, nothing is missing or there twice because its
priority changed meanwhile. What is read is kept until it is fetched (`infra.ahead`), so that a slow reader rarely holds it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from hauberk.db.audit import record
from hauberk.db.repository import PageRequest
from hauberk.domain.permissions import Actor
from hauberk.features.findings.past import AsOf, repository_at
from hauberk.features.findings.shape import shape
from hauberk.features.identity.access import FindingsRead
from hauberk.features.identity.context import Context
from hauberk.features.identity.downloads import TYPES, Format, download
from hauberk.features.identity.serving import STREAM, ContextDep, Ids, SessionDep
from hauberk.kit import spreadsheet

AT_ONCE: Final = 200
AT_A_TIME: Final = 8
"""Exports of one process: each has a connection of its own for as long as it reads, and others need some too."""
_COLUMNS: Final = (
    "id", "asset", "kind", "title", "severity", "priority", "presence", "triage", "identifiers", "cwes", "epss",
    "known_exploited", "rule_id", "scanners", "location", "component", "first_seen_at", "last_seen_at", "assignee", "tags",
)  # fmt: skip

router = APIRouter()
_turns = asyncio.Semaphore(AT_A_TIME)


@router.get(
    "/export",
    openapi_extra=STREAM,
    response_class=StreamingResponse,
    responses={
        200: {"content": {each: {} for each in TYPES.values()}, "description": "Every finding, in order"}
    },
)
async def export_findings(  # noqa: PLR0917 — the framework calls by keyword
    actor: FindingsRead,
    session: SessionDep,
    context: ContextDep,
    q: Annotated[str, Query(description="The query language; without it, all findings")] = "",
    as_of: AsOf = None,
    format: Annotated[Format, Query(description="What it is for")] = "csv",  # noqa: A002
) -> StreamingResponse:
    """All findings that the query finds, not only a page of them."""
    found = await repository_at(session, context.public_ids, as_of).page(
        actor, q, PageRequest("-priority", limit=1)
    )
    detail = {"q": q, "format": format, "findings": found.total, "is_exact": found.total_is_exact}
    await record(session, actor, "finding.exported", "finding", None, detail)
    name = f"findings-{as_of[:10]}" if as_of else "findings"
    return download(_pages(context, actor, q, as_of, format), name=name, format=format, columns=_COLUMNS)


async def _pages(
    context: Context,
    actor: Actor,
    query: str,
    as_of: str | None,
    format: Format,  # noqa: A002
) -> AsyncGenerator[bytes]:
    write: Callable[[Iterable[dict[str, Any]]], bytes] = _csv if format == "csv" else _jsonl
    async with _turns, context.sessions.transaction(actor.organization_id, is_snapshot=True) as session:
        repository, ids = repository_at(session, context.public_ids, as_of), Ids(context.public_ids)
        async with aclosing(repository.all(actor, query, at_once=AT_ONCE)) as found:
            async for rows in found:
                yield write(shape(row, ids) for row in rows)


def _jsonl(findings: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in findings)


def _csv(findings: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(spreadsheet.line(_cells(orjson.loads(orjson.dumps(each)))) for each in findings)


def _cells(finding: dict[str, Any]) -> list[Any]:
    location: dict[str, Any] = next(iter(finding["locations"]), {})
    place = next((location[name] for name in ("path", "url", "host", "resource") if location.get(name)), "")
    line = location.get("line") or location.get("port")
    component: dict[str, Any] = next(iter(finding["components"]), {})
    shown = finding | {
        "asset": finding["asset"]["name"],
        "location": f"{place}:{line}" if place and line else place,
        "component": " ".join(filter(None, (component.get("name"), component.get("version")))),
        "assignee": finding["assignee"]["name"] if finding["assignee"] else "",
    }
    return [" ".join(map(str, each)) if isinstance(each := shown[name], list) else each for name in _COLUMNS]
