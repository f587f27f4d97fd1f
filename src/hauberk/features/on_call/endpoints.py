"""HTTP of being on call: rotations, overrides, escalation policies, and who it is now."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from hauberk.db.repository import PageRequest
from hauberk.features.identity.access import AlertingWrite, AlertsRead, AlertsWrite
from hauberk.features.identity.serving import (
    FIXED,
    IdsDep,
    Moment,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.on_call import service
from hauberk.features.on_call.presenting import (
    override_schema,
    policy_schema,
    schedule_schema,
    shift_schema,
    timeline_schema,
)
from hauberk.features.on_call.repository import (
    OverrideRepository,
    PeopleRepository,
    PolicyRepository,
    ScheduleRepository,
    ShownSchedule,
)
from hauberk.features.on_call.schemas import (
    EscalationPolicyRequest,
    EscalationPolicySchema,
    OnCallNowSchema,
    OverrideRequest,
    OverrideSchema,
    ScheduleRequest,
    ScheduleSchema,
    TimelineSchema,
)
from hauberk.kit import clock
from hauberk.kit.errors import Invalid

LONGEST: Final = timedelta(weeks=9)

router = APIRouter(tags=["on call"])

Paging = Annotated[PageRequest, Depends(paging("id", "-id"))]


@router.get("/on-call/now", openapi_extra=FIXED)
async def read_on_call(actor: AlertsRead, session: ReadSessionDep, ids: IdsDep) -> list[OnCallNowSchema]:
    """Who would be called now, schedule by schedule."""
    repository = ScheduleRepository(session)
    found = await repository.list(actor, PageRequest("id", limit=200))
    now = clock.now()
    return [
        OnCallNowSchema(
            schedule_id=ids.encode("sch", shown.schedule.id),
            schedule=shown.schedule.name,
            on_call=next(
                (
                    shift_schema(shown, shift, ids)
                    for shift in shown.shifts(now, now + timedelta(weeks=4))[:1]
                    if shift.starts_at <= now
                ),
                None,
            ),
        )
        for shown in await repository.shown(actor, found.items)
    ]


@router.get("/on-call/schedules")
async def list_schedules(
    actor: AlertsRead, session: ReadSessionDep, ids: IdsDep, page: Paging
) -> PageSchema[ScheduleSchema]:
    repository = ScheduleRepository(session)
    found = await repository.list(actor, page)
    shown = {each.schedule.id: each for each in await repository.shown(actor, found.items)}
    now = clock.now()
    return PageSchema[ScheduleSchema].of(found, lambda row: schedule_schema(shown[row.id], ids, now))


@router.post("/on-call/schedules", status_code=201, responses=refusals(404, 409))
async def create_schedule(
    body: ScheduleRequest, actor: AlertingWrite, session: SessionDep, ids: IdsDep
) -> ScheduleSchema:
    made = await service.create_schedule(session, actor, ids, body)
    await session.refresh(made)
    (shown,) = await ScheduleRepository(session).shown(actor, [made])
    return schedule_schema(shown, ids, clock.now())


@router.get("/on-call/schedules/{schedule_id}")
async def read_schedule(
    schedule_id: str, actor: AlertsRead, session: ReadSessionDep, ids: IdsDep
) -> ScheduleSchema:
    return schedule_schema(await _shown(schedule_id, actor, session, ids), ids, clock.now())


@router.put("/on-call/schedules/{schedule_id}", responses=refusals(409))
async def change_schedule(
    schedule_id: str, body: ScheduleRequest, actor: AlertingWrite, session: SessionDep, ids: IdsDep
) -> ScheduleSchema:
    """The whole schedule, as it is to be from now on."""
    await service.change_schedule(session, actor, ids, ids.decode("sch", schedule_id), body)
    return schedule_schema(await _shown(schedule_id, actor, session, ids), ids, clock.now())


@router.delete("/on-call/schedules/{schedule_id}", status_code=204)
async def delete_schedule(schedule_id: str, actor: AlertingWrite, session: SessionDep, ids: IdsDep) -> None:
    await service.delete_schedule(session, actor, ids.decode("sch", schedule_id))


@router.get("/on-call/schedules/{schedule_id}/timeline")
async def read_timeline(
    schedule_id: str,
    actor: AlertsRead,
    session: ReadSessionDep,
    ids: IdsDep,
    since: Annotated[Moment | None, Query(description="Unset: now")] = None,
    until: Annotated[Moment | None, Query(description="At most nine weeks later; unset: four")] = None,
) -> TimelineSchema:
    """Who is on call when, and when nobody is."""
    begin = since or clock.now()
    end = until or begin + timedelta(weeks=4)
    if not begin < end <= begin + LONGEST:
        raise Invalid([("/until", "It is later than `since`, and at most nine weeks.")])
    return timeline_schema(await _shown(schedule_id, actor, session, ids), ids, begin, end)


@router.get("/on-call/schedules/{schedule_id}/overrides", openapi_extra=FIXED)
async def list_overrides(
    schedule_id: str, actor: AlertsRead, session: ReadSessionDep, ids: IdsDep
) -> list[OverrideSchema]:
    """Those that are not over, the earliest first."""
    shown = await _shown(schedule_id, actor, session, ids)
    found = await OverrideRepository(session).of(actor, shown.schedule.id)
    return [override_schema(each, shown.people, ids) for each in found]


@router.post("/on-call/schedules/{schedule_id}/overrides", status_code=201)
async def add_override(
    schedule_id: str, body: OverrideRequest, actor: AlertsWrite, session: SessionDep, ids: IdsDep
) -> OverrideSchema:
    """Somebody else for a time; whoever may work on alerts may swap shifts."""
    made = await service.add_override(session, actor, ids, ids.decode("sch", schedule_id), body)
    people = await PeopleRepository(session).named(actor, [made.user_id])
    return override_schema(made, people, ids)


@router.delete("/on-call/overrides/{override_id}", status_code=204)
async def remove_override(override_id: str, actor: AlertsWrite, session: SessionDep, ids: IdsDep) -> None:
    await service.remove_override(session, actor, ids.decode("ovr", override_id))


@router.get("/escalation-policies")
async def list_policies(
    actor: AlertsRead, session: ReadSessionDep, ids: IdsDep, page: Paging
) -> PageSchema[EscalationPolicySchema]:
    found = await PolicyRepository(session).list(actor, page)
    return PageSchema[EscalationPolicySchema].of(found, lambda policy: policy_schema(policy, ids))


@router.post("/escalation-policies", status_code=201, responses=refusals(409))
async def create_policy(
    body: EscalationPolicyRequest, actor: AlertingWrite, session: SessionDep, ids: IdsDep
) -> EscalationPolicySchema:
    made = await service.create_policy(session, actor, ids, body)
    await session.refresh(made)
    return policy_schema(made, ids)


@router.get("/escalation-policies/{policy_id}")
async def read_policy(
    policy_id: str, actor: AlertsRead, session: ReadSessionDep, ids: IdsDep
) -> EscalationPolicySchema:
    return policy_schema(await PolicyRepository(session).get(actor, ids.decode("esc", policy_id)), ids)


@router.put("/escalation-policies/{policy_id}", responses=refusals(409))
async def change_policy(
    policy_id: str, body: EscalationPolicyRequest, actor: AlertingWrite, session: SessionDep, ids: IdsDep
) -> EscalationPolicySchema:
    """The whole policy; alerts that escalate already go on with it."""
    changed = await service.change_policy(session, actor, ids, ids.decode("esc", policy_id), body)
    return policy_schema(changed, ids)


@router.delete("/escalation-policies/{policy_id}", status_code=204)
async def delete_policy(policy_id: str, actor: AlertingWrite, session: SessionDep, ids: IdsDep) -> None:
    await service.delete_policy(session, actor, ids.decode("esc", policy_id))


async def _shown(schedule_id: str, actor: AlertsRead, session: SessionDep, ids: IdsDep) -> ShownSchedule:
    repository = ScheduleRepository(session)
    (shown,) = await repository.shown(actor, [await repository.get(actor, ids.decode("sch", schedule_id))])
    return shown
