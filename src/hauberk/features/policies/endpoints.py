"""Policies over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from hauberk.db.repository import PageRequest
from hauberk.domain.policy import GRADED
from hauberk.features.identity.access import FindingsRead, PoliciesWrite
from hauberk.features.identity.serving import (
    Ids,
    IdsDep,
    Named,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.policies import service
from hauberk.features.policies.repository import PolicyRepository
from hauberk.features.policies.schemas import (
    DaysBySeverity,
    PolicyChange,
    PolicyOrder,
    PolicyPayload,
    PolicyPreview,
    PolicySchema,
    Terms,
)

router = APIRouter(prefix="/policies", tags=["policies"])
Paging = Annotated[PageRequest, Depends(paging("position"))]


def _shown(row: Any, ids: Ids) -> PolicySchema:
    policy = row.DuePolicy
    return PolicySchema(
        id=ids.encode("pol", policy.id),
        name=policy.name,
        position=policy.position,
        asset_tags=policy.asset_tags,
        days=DaysBySeverity(**{each.value: getattr(policy, f"{each.value}_days") for each in GRADED}),
        known_exploited_days=policy.known_exploited_days,
        asset_count=row.asset_count,
        version=policy.version,
        updated_at=policy.updated_at,
        updated_by=Named.person(ids, policy.updated_by, row.editor),
    )


@router.get("")
async def list_policies(
    actor: FindingsRead, session: ReadSessionDep, ids: IdsDep, page: Paging
) -> PageSchema[PolicySchema]:
    """Within how many days findings have to be settled, in the order in which the policies are asked."""
    found = await PolicyRepository(session).page(actor, page)
    return PageSchema[PolicySchema].of(found, lambda row: _shown(row, ids))


@router.post("", status_code=201, responses=refusals(409))
async def create_policy(
    payload: PolicyPayload, actor: PoliciesWrite, session: SessionDep, ids: IdsDep
) -> PolicySchema:
    """A further policy, asked before those that are for all assets. A job gives the findings their due dates."""
    number = await service.create(session, actor, payload.name, payload.policy())
    return _shown(await PolicyRepository(session).shown(actor, number), ids)


@router.post("/preview")
async def preview_policy(payload: Terms, actor: PoliciesWrite, session: ReadSessionDep) -> PolicyPreview:
    """What a policy would do if it were the first: how many findings would be due, and past due. Nothing is changed."""
    return PolicyPreview.model_validate(await PolicyRepository(session).preview(actor, payload.policy()))


@router.put("/order", status_code=204, responses=refusals(404))
async def order_policies(
    payload: PolicyOrder, actor: PoliciesWrite, session: SessionDep, ids: IdsDep
) -> None:
    """The order in which they are asked: of an asset the first one holds that is for it."""
    await service.put_in_order(session, actor, [ids.decode("pol", each) for each in payload.ids])


@router.get("/{due_policy_id}", responses=refusals(404))
async def read_policy(
    due_policy_id: str, actor: FindingsRead, session: ReadSessionDep, ids: IdsDep
) -> PolicySchema:
    """One policy."""
    return _shown(await PolicyRepository(session).shown(actor, ids.decode("pol", due_policy_id)), ids)


@router.put("/{due_policy_id}", responses=refusals(404, 409))
async def change_policy(
    due_policy_id: str, payload: PolicyChange, actor: PoliciesWrite, session: SessionDep, ids: IdsDep
) -> PolicySchema:
    """Write a policy anew. A job gives the findings their other due dates."""
    number = ids.decode("pol", due_policy_id)
    await service.change(session, actor, number, payload.name, payload.policy(), version=payload.version)
    return _shown(await PolicyRepository(session).shown(actor, number), ids)


@router.delete("/{due_policy_id}", status_code=204, responses=refusals(404))
async def delete_policy(due_policy_id: str, actor: PoliciesWrite, session: SessionDep, ids: IdsDep) -> None:
    """Take a policy away: the next one holds for its assets, or none, and their findings have no due date."""
    await service.delete(session, actor, ids.decode("pol", due_policy_id))
