"""What people do to rotations and escalation policies."""

from typing import Any

from hauberk.db.audit import record
from hauberk.db.models.alert import EscalationPolicy, OnCallOverride, OnCallSchedule
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.identity.serving import Ids
from hauberk.features.notifications.repository import ChannelRepository
from hauberk.features.on_call.presenting import PREFIXES
from hauberk.features.on_call.repository import (
    OverrideRepository,
    PeopleRepository,
    PolicyRepository,
    ScheduleRepository,
)
from hauberk.features.on_call.schemas import (
    EscalationPolicyRequest,
    LayerSchema,
    OverrideRequest,
    ScheduleRequest,
)
from hauberk.kit.errors import Invalid, NotFound


async def create_schedule(db: DbSession, actor: Actor, ids: Ids, wanted: ScheduleRequest) -> OnCallSchedule:
    schedule = OnCallSchedule(
        organization_id=actor.organization_id,
        name=wanted.name,
        time_zone=wanted.time_zone,
        layers=await _layers(db, actor, ids, wanted.layers),
    )
    await ScheduleRepository(db).insert(schedule)
    await record(db, actor, "schedule.created", "schedule", schedule.id, {"name": schedule.name})
    return schedule


async def change_schedule(
    db: DbSession, actor: Actor, ids: Ids, number: int, wanted: ScheduleRequest
) -> OnCallSchedule:
    """The whole of it, as it is to be from now on."""
    repository = ScheduleRepository(db)
    schedule = await repository.get(actor, number, for_update=True)
    layers = await _layers(db, actor, ids, wanted.layers)
    detail: dict[str, list[Any]] = {
        "name": [schedule.name, wanted.name],
        "time_zone": [schedule.time_zone, wanted.time_zone],
        "layers": [schedule.layers, layers],
    }
    schedule.name, schedule.time_zone, schedule.layers = wanted.name, wanted.time_zone, layers
    await repository.save()
    changed = {name: values for name, values in detail.items() if values[0] != values[1]}
    if changed:
        await record(db, actor, "schedule.changed", "schedule", number, changed)
    return schedule


async def delete_schedule(db: DbSession, actor: Actor, number: int) -> None:
    repository = ScheduleRepository(db)
    schedule = await repository.get(actor, number)
    await repository.remove(schedule)
    await record(db, actor, "schedule.deleted", "schedule", number, {"name": schedule.name})


async def add_override(
    db: DbSession, actor: Actor, ids: Ids, number: int, wanted: OverrideRequest
) -> OnCallOverride:
    schedule = await ScheduleRepository(db).get(actor, number)
    user_id = ids.decode("usr", wanted.user_id)
    await _check_people(db, actor, [(user_id, "/user_id")])
    override = OnCallOverride(
        organization_id=actor.organization_id,
        schedule_id=number,
        user_id=user_id,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        reason=wanted.reason,
    )
    await OverrideRepository(db).add(override)
    detail = {
        "schedule": schedule.name,
        "user_id": user_id,
        "starts_at": wanted.starts_at.isoformat(),
        "ends_at": wanted.ends_at.isoformat(),
    }
    await record(db, actor, "override.created", "override", override.id, detail)
    return override


async def remove_override(db: DbSession, actor: Actor, number: int) -> None:
    repository = OverrideRepository(db)
    override = await repository.get(actor, number)
    await repository.remove(override)
    await record(db, actor, "override.removed", "override", number, {"user_id": override.user_id})


async def create_policy(
    db: DbSession, actor: Actor, ids: Ids, wanted: EscalationPolicyRequest
) -> EscalationPolicy:
    repository = PolicyRepository(db)
    if wanted.is_default:
        await repository.leave_default(actor)
    policy = EscalationPolicy(organization_id=actor.organization_id, **await _policy(db, actor, ids, wanted))
    await repository.insert(policy)
    await record(
        db, actor, "escalation_policy.created", "escalation_policy", policy.id, {"name": policy.name}
    )
    return policy


async def change_policy(
    db: DbSession, actor: Actor, ids: Ids, number: int, wanted: EscalationPolicyRequest
) -> EscalationPolicy:
    repository = PolicyRepository(db)
    policy = await repository.get(actor, number, for_update=True)
    if wanted.is_default and not policy.is_default:
        await repository.leave_default(actor)
    detail: dict[str, Any] = {}
    for name, value in (await _policy(db, actor, ids, wanted)).items():
        if getattr(policy, name) != value:
            detail[name] = [getattr(policy, name), value]
            setattr(policy, name, value)
    await repository.save()
    if detail:
        await record(db, actor, "escalation_policy.changed", "escalation_policy", number, detail)
    return policy


async def delete_policy(db: DbSession, actor: Actor, number: int) -> None:
    repository = PolicyRepository(db)
    policy = await repository.get(actor, number)
    await repository.remove(policy)
    await record(db, actor, "escalation_policy.deleted", "escalation_policy", number, {"name": policy.name})


async def _layers(db: DbSession, actor: Actor, ids: Ids, layers: list[LayerSchema]) -> list[dict[str, Any]]:
    made = []
    named = []
    for place, layer in enumerate(layers):
        numbers = [ids.decode("usr", each) for each in layer.people]
        named += [(number, f"/layers/{place}/people/{at}") for at, number in enumerate(numbers)]
        made.append({**layer.model_dump(mode="json"), "people": numbers})
    await _check_people(db, actor, named)
    return made


async def _check_people(db: DbSession, actor: Actor, named: list[tuple[int, str]]) -> None:
    known = await PeopleRepository(db).named(actor, [number for number, _ in named])
    unknown = [pointer for number, pointer in named if number not in known]
    if unknown:
        raise Invalid([(pointer, "This is nobody of your organization.") for pointer in unknown])


async def _policy(db: DbSession, actor: Actor, ids: Ids, wanted: EscalationPolicyRequest) -> dict[str, Any]:
    """The columns; every schedule, person and channel that a step names must be there."""
    steps = []
    for place, step in enumerate(wanted.steps):
        notify = []
        for at, each in enumerate(step.notify):
            pointer = f"/steps/{place}/notify/{at}/id"
            number = await _existing(db, actor, ids, each.kind, each.id, pointer=pointer)
            notify.append({"kind": each.kind, "id": number})
        steps.append({"after_minutes": step.after_minutes, "notify": notify})
    return {
        "name": wanted.name,
        "steps": steps,
        "repeats": wanted.repeats,
        "least_severity": wanted.least_severity.value,
        "is_default": wanted.is_default,
    }


async def _existing(db: DbSession, actor: Actor, ids: Ids, kind: str, text: str, *, pointer: str) -> int:
    try:
        number = ids.decode(PREFIXES[kind], text)
        if kind == "schedule":
            await ScheduleRepository(db).get(actor, number)
        elif kind == "channel":
            await ChannelRepository(db).get(actor, number)
        else:
            await _check_people(db, actor, [(number, pointer)])
    except NotFound as error:
        raise Invalid([(pointer, f"There is no {kind} {text}.")]) from error
    return number
