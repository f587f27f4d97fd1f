"""Schedules and policies as answers."""

from datetime import datetime, timedelta
from typing import Any

from hauberk.db.models.alert import EscalationPolicy, OnCallOverride
from hauberk.domain.on_call import Shift, gaps
from hauberk.features.identity.serving import Ids
from hauberk.features.on_call.repository import Person, ShownSchedule
from hauberk.features.on_call.schemas import (
    EscalationPolicySchema,
    GapSchema,
    LayerSchema,
    OverrideSchema,
    PersonSchema,
    ScheduleSchema,
    ShiftSchema,
    TimelineSchema,
)

PREFIXES = {"schedule": "sch", "person": "usr", "channel": "chn"}
_AHEAD = timedelta(weeks=4)


def schedule_schema(shown: ShownSchedule, ids: Ids, now: datetime) -> ScheduleSchema:
    shifts = shown.shifts(now, now + _AHEAD)
    current = shifts[0] if shifts and shifts[0].starts_at <= now else None
    following = [shift for shift in shifts if shift is not current]
    schedule = shown.schedule
    named = {number for layer in schedule.layers for number in layer["people"]}
    return ScheduleSchema(
        id=ids.encode("sch", schedule.id),
        name=schedule.name,
        time_zone=schedule.time_zone,
        layers=[_layer(each, ids) for each in schedule.layers],
        people=[person_schema(shown, number, ids) for number in sorted(named)],
        on_call=shift_schema(shown, current, ids) if current else None,
        next_up=shift_schema(shown, following[0], ids) if following else None,
        uncovered_seconds=int(shown.uncovered(now).total_seconds()),
        created_at=schedule.created_at,
    )


def timeline_schema(shown: ShownSchedule, ids: Ids, since: datetime, until: datetime) -> TimelineSchema:
    shifts = shown.shifts(since, until)
    return TimelineSchema(
        since=since,
        until=until,
        shifts=[shift_schema(shown, shift, ids) for shift in shifts],
        gaps=[GapSchema(starts_at=begin, ends_at=end) for begin, end in gaps(shifts, since, until)],
    )


def shift_schema(shown: ShownSchedule, shift: Shift, ids: Ids) -> ShiftSchema:
    layer = shown.schedule.layers[shift.layer]["name"] if shift.layer is not None else None
    return ShiftSchema(
        person=person_schema(shown, shift.user_id, ids),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        layer=layer,
    )


def person_schema(shown: ShownSchedule, number: int, ids: Ids) -> PersonSchema:
    return _person(shown.people.get(number), number, ids)


def override_schema(override: OnCallOverride, people: dict[int, Person], ids: Ids) -> OverrideSchema:
    return OverrideSchema(
        id=ids.encode("ovr", override.id),
        person=_person(people.get(override.user_id), override.user_id, ids),
        starts_at=override.starts_at,
        ends_at=override.ends_at,
        reason=override.reason,
    )


def policy_schema(policy: EscalationPolicy, ids: Ids) -> EscalationPolicySchema:
    steps = [
        {
            **step,
            "notify": [
                {"kind": each["kind"], "id": ids.encode(PREFIXES[each["kind"]], each["id"])}
                for each in step["notify"]
            ],
        }
        for step in policy.steps
    ]
    return EscalationPolicySchema.model_validate(
        {
            "id": ids.encode("esc", policy.id),
            "name": policy.name,
            "steps": steps,
            "repeats": policy.repeats,
            "least_severity": policy.least_severity,
            "is_default": policy.is_default,
            "created_at": policy.created_at,
        }
    )


def _person(person: Person | None, number: int, ids: Ids) -> PersonSchema:
    return PersonSchema(
        id=ids.encode("usr", number),
        name=person.name if person else "Somebody who is gone",
        is_available=person is not None and person.is_available,
    )


def _layer(value: dict[str, Any], ids: Ids) -> LayerSchema:
    return LayerSchema.model_validate(
        {**value, "people": [ids.encode("usr", number) for number in value["people"]]}
    )
