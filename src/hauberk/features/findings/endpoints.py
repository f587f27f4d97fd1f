"""The stream of findings and the work on it, over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from hauberk.db.repository import PageRequest
from hauberk.features.findings import bulk_endpoints, export, service, view_endpoints
from hauberk.features.findings.correlating import related, set_dismissed
from hauberk.features.findings.detail import comment, read_detail
from hauberk.features.findings.explain import explain
from hauberk.features.findings.explain_schemas import Explanation
from hauberk.features.findings.grouping import join_findings, split_finding, undo_regrouping
from hauberk.features.findings.grouping_schemas import JoinPayload, RelatedFindings, SplitPayload
from hauberk.features.findings.past import AsOf, repository_at
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.findings.schemas import (
    CommentSchema,
    FacetsSchema,
    FindingChange,
    FindingDetail,
    FindingPage,
    NewComment,
)
from hauberk.features.findings.shape import encode, encode_page, shape
from hauberk.features.identity.access import FindingsRead, FindingsWrite
from hauberk.features.identity.serving import (
    FIXED,
    ContextDep,
    Ids,
    IdsDep,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)

router = APIRouter(prefix="/findings", tags=["findings"])
router.include_router(export.router)
router.include_router(bulk_endpoints.router)
router.include_router(view_endpoints.router)

Paging = Annotated[
    PageRequest, Depends(paging("-priority", "-severity", "-first_seen_at", "first_seen_at", "id"))
]
Filter = Annotated[
    str, Query(description="The query language, as in `severity:critical,high is:open`; without it, all")
]


def _json(value: Any) -> Response:
    """Already in the shape that `response_model` documents: nothing is validated on the way out."""
    return Response(encode(value), media_type="application/json")


@router.get("", response_model=FindingPage)
async def list_findings(
    actor: FindingsRead,
    session: ReadSessionDep,
    context: ContextDep,
    page: Paging,
    q: Filter = "",
    as_of: AsOf = None,
) -> Response:
    ids = Ids(context.public_ids)
    found = await repository_at(session, context.public_ids, as_of).page(actor, q, page)
    body = encode_page(
        [shape(row, ids) for row in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
        is_exact=found.total_is_exact,
    )
    return Response(body, media_type="application/json")


@router.get("/facets", response_model=FacetsSchema)
async def read_facets(
    actor: FindingsRead,
    session: ReadSessionDep,
    context: ContextDep,
    ids: IdsDep,
    q: Filter = "",
    as_of: AsOf = None,
) -> Response:
    """For each value how many findings choosing it would give, with the other facets' filters kept."""
    found = await repository_at(session, context.public_ids, as_of).facets(actor, q)
    return _json(found.values(ids))


@router.get("/{finding_id}", response_model=FindingDetail, responses=refusals(404))
async def read_finding(
    finding_id: str, actor: FindingsRead, session: ReadSessionDep, ids: IdsDep
) -> Response:
    return _json(await read_detail(session, actor, ids.decode("fnd", finding_id), ids))


@router.get("/{finding_id}/explanation", response_model=Explanation, responses=refusals(404))
async def explain_finding(
    finding_id: str, actor: FindingsRead, session: ReadSessionDep, context: ContextDep, ids: IdsDep
) -> Response:
    """Why this is one finding: which keys lead to it, what they are made of, and what was matched without one."""
    row = await FindingRepository(session, context.public_ids).get(actor, ids.decode("fnd", finding_id))
    return _json(await explain(session, row, ids))


@router.patch("/{finding_id}", response_model=FindingDetail, responses=refusals(404))
async def change_finding(
    finding_id: str,
    actor: FindingsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    payload: FindingChange,
) -> Response:
    """Decides, assigns, or overrides the severity."""
    number = ids.decode("fnd", finding_id)
    await service.change_finding(session, actor, context.public_ids, number, payload.to_change(ids))
    return _json(await read_detail(session, actor, number, ids))


@router.post("/{finding_id}/comments", status_code=201, response_model=CommentSchema, responses=refusals(404))
async def add_comment(
    finding_id: str,
    actor: FindingsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    payload: NewComment,
) -> Response:
    number = ids.decode("fnd", finding_id)
    written = await service.add_comment(session, actor, context.public_ids, number, payload.body)
    return Response(encode(comment(written, ids)), status_code=201, media_type="application/json")


@router.post("/{finding_id}/join", response_model=FindingDetail, responses=refusals(404, 409))
async def join(
    finding_id: str,
    actor: FindingsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    payload: JoinPayload,
) -> Response:
    """Makes other findings of the asset part of this one, for later scans too. The explanation shows it; it can be undone."""
    number = ids.decode("fnd", finding_id)
    others = payload.numbers(ids)
    await join_findings(
        session, actor, context.public_ids, number, others=others, reason=payload.reason or None
    )
    return _json(await read_detail(session, actor, number, ids))


@router.post(
    "/{finding_id}/split", status_code=201, response_model=FindingDetail, responses=refusals(404, 409)
)
async def split(
    finding_id: str,
    actor: FindingsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    payload: SplitPayload,
) -> Response:
    """Makes chosen occurrences a finding of their own, for later scans too; answers the new finding. It can be undone."""
    made = await split_finding(
        session,
        actor,
        context.public_ids,
        ids.decode("fnd", finding_id),
        occurrences=payload.numbers(ids),
        reason=payload.reason or None,
    )
    found = await read_detail(session, actor, made, ids)
    return Response(encode(found), status_code=201, media_type="application/json")


@router.post(
    "/{finding_id}/regroupings/{regrouping_id}/undo",
    response_model=FindingDetail,
    responses=refusals(404, 409),
)
async def undo(
    finding_id: str,
    regrouping_id: str,
    actor: FindingsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
) -> Response:
    """Takes a join apart or puts a split together again, with what came under their keys since."""
    number = ids.decode("fnd", finding_id)
    await undo_regrouping(session, actor, context.public_ids, number, ids.decode("rgp", regrouping_id))
    return _json(await read_detail(session, actor, number, ids))


@router.get(
    "/{finding_id}/related", response_model=RelatedFindings, responses=refusals(404), openapi_extra=FIXED
)
async def list_related(
    finding_id: str, actor: FindingsRead, session: ReadSessionDep, context: ContextDep, ids: IdsDep
) -> Response:
    """Open findings of other kinds of the asset that probably come from the same cause: links, no merge, no count."""
    row = await FindingRepository(session, context.public_ids).get(actor, ids.decode("fnd", finding_id))
    return _json({"items": await related(session, row, ids)})


@router.put("/{finding_id}/related/{other_id}/dismissal", status_code=204, responses=refusals(404))
async def dismiss_related(
    finding_id: str,
    other_id: str,
    actor: FindingsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
) -> None:
    """The two have nothing to do with each other."""
    pair = (ids.decode("fnd", finding_id), ids.decode("fnd", other_id))
    await set_dismissed(session, actor, context.public_ids, *pair, is_dismissed=True)


@router.delete("/{finding_id}/related/{other_id}/dismissal", status_code=204, responses=refusals(404))
async def restore_related(
    finding_id: str,
    other_id: str,
    actor: FindingsWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
) -> None:
    pair = (ids.decode("fnd", finding_id), ids.decode("fnd", other_id))
    await set_dismissed(session, actor, context.public_ids, *pair, is_dismissed=False)
