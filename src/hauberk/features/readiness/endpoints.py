"""HTTP of readiness: the report and its history, what people say about rows, and the routes that fail on purpose."""

import asyncio
import os
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from hauberk.db.repository import PageRequest
from hauberk.domain.permissions import Actor
from hauberk.features.identity.access import ReadinessRead, ReadinessWrite, set_session_cookie
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import UserRepository
from hauberk.features.identity.serving import FIXED, ContextDep, PageSchema, SessionDep, paging, refusals
from hauberk.features.readiness import document, probe_key, probing, reporting, saying
from hauberk.features.readiness.repository import ReadinessRepository
from hauberk.features.readiness.schemas import (
    AssignmentPayload,
    AttestationPayload,
    PastReportSchema,
    ReadinessSchema,
    WaiverPayload,
)
from hauberk.features.readiness.service import Report
from hauberk.kit.errors import NotFound

router = APIRouter(prefix="/readiness", tags=["readiness"], responses=refusals(404))
Row = Annotated[str, Path(max_length=20, examples=["SEC-1"])]


async def _operates(db: SessionDep, actor: Actor) -> Actor:
    """For the operator's administrators: to those of other organizations there is no such thing."""
    if await UserRepository(db).organization_purpose(actor) != "operator":
        raise NotFound("readiness report that you may see")
    return actor


async def _reads(actor: ReadinessRead, db: SessionDep) -> Actor:
    return await _operates(db, actor)


async def _writes(actor: ReadinessWrite, db: SessionDep) -> Actor:
    return await _operates(db, actor)


OperatorReads = Annotated[Actor, Depends(_reads)]
OperatorWrites = Annotated[Actor, Depends(_writes)]


@router.get("", openapi_extra=FIXED)
async def read_readiness(
    _actor: OperatorReads,
    context: ContextDep,
    *,
    now: Annotated[bool, Query(description="Look now, also when a report of late was kept")] = False,
    kept: Annotated[
        bool, Query(description="Do not look: without a report of late and of this build there are no rows")
    ] = False,
) -> ReadinessSchema:
    """What this installation proves of itself, row by row: the newest report, or a look at it now."""
    if kept:
        return ReadinessSchema.of(await reporting.newest(context) or [])
    return ReadinessSchema.of(await _reports(context, now=now))


@router.post("/reports", status_code=201)
async def make_report(_actor: OperatorWrites, context: ContextDep) -> ReadinessSchema:
    """Look at all rows now, and keep the report."""
    kept = await reporting.make(context, patient=False)
    return ReadinessSchema.of(await reporting.told(context, reporting.reports_of(kept)))


@router.get("/reports")
async def list_reports(
    _actor: OperatorReads, db: SessionDep, request: Annotated[PageRequest, Depends(paging("-id"))]
) -> PageSchema[PastReportSchema]:
    """Reports that were kept, newest first, each with what answered otherwise than in the one before."""
    repository = ReadinessRepository(db)
    page = await repository.reports(request)
    before = [*page.items[1:], await repository.report_before(page.items[-1].id)] if page.items else []
    previous = {
        report.id: other.answers if other else None for report, other in zip(page.items, before, strict=True)
    }
    return PageSchema[PastReportSchema].of(
        page, lambda report: PastReportSchema.of(report, previous[report.id])
    )


@router.get("/document", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def read_document(_actor: OperatorReads, context: ContextDep) -> Response:
    """The report as a PDF, to be signed and kept."""
    made = await asyncio.to_thread(
        document.make, await _reports(context, now=False), context.settings.base_url
    )
    name = 'attachment; filename="readiness.pdf"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})


async def _reports(context: Context, *, now: bool) -> list[Report]:
    if now:
        async with probing.from_inside(context) as probe:
            return await reporting.look(context, probe, patient=False)
    found = await reporting.newest(context)
    if found is None:  # a look takes ten seconds of the processor: who asks next is told the same
        made = await reporting.make(context, patient=False)
        found = await reporting.told(context, reporting.reports_of(made))
    return found


@router.put("/rows/{row}/waiver", status_code=204)
async def waive(
    row: Row, body: WaiverPayload, actor: OperatorWrites, db: SessionDep, context: ContextDep
) -> None:
    """Do not hold this row, for a reason and a time: it answers WAIVED."""
    await saying.waive(
        db, actor, context.key_ring, row, reason=body.reason, owner=body.owner, until=body.until
    )


@router.delete("/rows/{row}/waiver", status_code=204)
async def withdraw_waiver(row: Row, actor: OperatorWrites, db: SessionDep, context: ContextDep) -> None:
    """Hold this row again."""
    await saying.withdraw(db, actor, context.key_ring, row)


@router.post("/rows/{row}/attestations", status_code=204)
async def attest(
    row: Row, body: AttestationPayload, actor: OperatorWrites, db: SessionDep, context: ContextDep
) -> None:
    """Say that a person looked, where only a person can."""
    await saying.attest(
        db, actor, context.key_ring, row, person=body.person, statement=body.statement, until=body.until
    )


@router.put("/rows/{row}/assignment", status_code=204)
async def assign(row: Row, body: AssignmentPayload, actor: OperatorWrites, db: SessionDep) -> None:
    """Who sees to this row, and by when; nulls clear it."""
    await saying.assign(db, actor, row, owner=body.owner, due_on=body.due_on)


async def _has_key(context: ContextDep, key: Annotated[str, Header(alias=probe_key.HEADER)] = "") -> Context:
    if not probe_key.is_right(context.key_ring, key):
        raise NotFound("such page")
    return context


ProbeOnly = Annotated[Context, Depends(_has_key)]


@router.get("/probe/failure", include_in_schema=False)
async def fail(_context: ProbeOnly) -> None:
    """Fails as a fault of the product would."""
    raise RuntimeError("a readiness probe asked for this failure")


@router.get("/probe/slow", include_in_schema=False)
async def never_answer(_context: ProbeOnly) -> None:
    """Never answers, until the time limit of requests cuts it."""
    await asyncio.Event().wait()


@router.get("/probe/where", include_in_schema=False)
async def say_where(_context: ProbeOnly, request: Request) -> dict[str, Any]:
    """Which process answers, and where it believes the request to come from."""
    return {"process": os.getpid(), "address": request.state.address}


@router.get("/probe/number", include_in_schema=False)
async def need_a_number(_context: ProbeOnly, value: Annotated[int, Query()]) -> dict[str, int]:
    """Refuses whatever is no number."""
    return {"value": value}


@router.get("/probe/cookie", include_in_schema=False, status_code=204)
async def set_a_cookie(context: ProbeOnly, response: Response) -> None:
    """Sets the cookie of a session that does not exist, as signing in sets it."""
    set_session_cookie(response, context, "probe", 1)
