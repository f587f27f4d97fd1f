"""Changes of many findings over HTTP: made in a job, listed as long as that is kept, and taken back."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hauberk.db.repository import PageRequest
from hauberk.features.findings import service
from hauberk.features.findings.bulk_repository import BulkChangeRepository
from hauberk.features.findings.bulk_schemas import (
    BulkAccepted,
    BulkChange,
    BulkChangeMade,
    BulkChangeStanding,
)
from hauberk.features.identity.access import FindingsWrite
from hauberk.features.identity.serving import (
    ContextDep,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.kit.errors import NotFound

router = APIRouter(prefix="/bulk")


@router.get("")
async def list_bulk_changes(
    actor: FindingsWrite,
    session: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("-id"))],
) -> PageSchema[BulkChangeMade]:
    """Changes of many findings and what took them back, newest first; kept for ninety days."""
    found = await BulkChangeRepository(session).page(actor, page)
    return PageSchema[BulkChangeMade].of(found, lambda made: BulkChangeMade.of(made, ids))


@router.post("", status_code=202, responses=refusals(404, 409))
async def change_findings(
    actor: FindingsWrite, session: SessionDep, context: ContextDep, ids: IdsDep, payload: BulkChange
) -> BulkAccepted:
    """Changes many findings in a job; follow it with `GET /jobs/{id}`."""
    job_id = await service.change_many(
        session,
        actor,
        context.public_ids,
        payload.change.to_change(ids, pointer="/change"),
        numbers=None if payload.ids is None else [ids.decode("fnd", each) for each in payload.ids],
        query=payload.q or "",
        expected_total=payload.expected_total or 0,
    )
    return BulkAccepted.model_validate({"job": {"id": ids.encode("job", job_id), "state": "accepted"}})


@router.get("/{job_id}/standing", responses=refusals(404))
async def read_standing(
    job_id: str, actor: FindingsWrite, session: ReadSessionDep, ids: IdsDep
) -> BulkChangeStanding:
    """What taking it back would do now, counted."""
    standing = await BulkChangeRepository(session).standing(actor, ids.decode("job", job_id))
    if standing is None:
        raise NotFound("change of many findings", job_id)
    return BulkChangeStanding.model_validate(standing._asdict())


@router.post("/{job_id}/undo", status_code=202, responses=refusals(404, 409))
async def undo_bulk(
    job_id: str, actor: FindingsWrite, session: SessionDep, context: ContextDep, ids: IdsDep
) -> BulkAccepted:
    """Takes back what that job changed, in a job that can be taken back as well; what somebody changed since stays."""
    made = await service.undo_many(session, actor, context.public_ids, ids.decode("job", job_id))
    return BulkAccepted.model_validate({"job": {"id": ids.encode("job", made), "state": "accepted"}})
