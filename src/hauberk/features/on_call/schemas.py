"""What rotations, overrides and escalation policies look like over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from hauberk.domain.alert import AlertSeverity
from hauberk.domain.on_call import Unit
from hauberk.features.identity.serving import Instant, Moment, Payload, Schema, of_these_times
from hauberk.features.notifications.schemas import HOUR_PATTERN, Day, Hour, Name, TimeZone

PublicId = Annotated[str, StringConstraints(max_length=80)]


def _check_wall_clock(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("is on the schedule's wall clock: without a time zone")
    return of_these_times(moment)


_WALL_CLOCK = {"type": "string", "pattern": rf"^\d{{4}}-\d\d-\d\dT{HOUR_PATTERN}$"}
WallClock = Annotated[datetime, AfterValidator(_check_wall_clock), WithJsonSchema(_WALL_CLOCK)]


class HoursSchema(Payload):
    begins: Hour = Field(examples=["18:00"])
    ends: Hour = Field(examples=["08:00"], description="Not later than the beginning: on the next day")
    days: list[Day] = Field(
        default_factory=lambda: list(range(7)), min_length=1, max_length=7, description="0 is Monday"
    )


class LayerSchema(Payload):
    """People in turn. Of several layers the last one that covers a moment says who is on call."""

    name: Name
    people: list[PublicId] = Field(min_length=1, max_length=50, description="In their order: `usr_…`")
    first_handover: WallClock = Field(
        examples=["2026-11-30T09:00:00"],
        description="When the first of them begins, on the schedule's wall clock",
    )
    unit: Unit = Unit.WEEK
    every: int = Field(default=1, ge=1, le=52, description="So many units are one turn")
    hours: list[HoursSchema] = Field(
        default_factory=list, max_length=20, description="Only in these; empty is around the clock"
    )


class ScheduleRequest(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Operations",
                    "time_zone": "Europe/Berlin",
                    "layers": [
                        {
                            "name": "First",
                            "people": ["usr_0000000000000"],
                            "first_handover": "2026-11-30T09:00:00",
                        }
                    ],
                }
            ]
        }
    )

    name: Name
    time_zone: TimeZone
    layers: list[LayerSchema] = Field(
        min_length=1, max_length=10, description="From the lowest to the highest"
    )


class PersonSchema(Schema):
    id: str
    name: str
    is_available: bool = Field(description="Still a member who can sign in")


class ShiftSchema(Schema):
    person: PersonSchema
    starts_at: Instant
    ends_at: Instant
    layer: str | None = Field(description="Whose turn it is; null for an override")


class GapSchema(Schema):
    starts_at: Instant
    ends_at: Instant


class ScheduleSchema(Schema):
    id: str
    name: str
    time_zone: str
    layers: list[LayerSchema]
    people: list[PersonSchema] = Field(description="Everybody whom the layers name")
    on_call: ShiftSchema | None = Field(description="Now, and until when")
    next_up: ShiftSchema | None
    uncovered_seconds: int = Field(description="Of the next seven days, without anybody")
    created_at: Instant


class TimelineSchema(Schema):
    since: Instant
    until: Instant
    shifts: list[ShiftSchema]
    gaps: list[GapSchema]


class OverrideRequest(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user_id": "usr_0000000000000",
                    "starts_at": "2026-12-24T17:00:00Z",
                    "ends_at": "2026-12-27T08:00:00Z",
                    "reason": "Holidays",
                }
            ]
        }
    )

    user_id: PublicId
    starts_at: Moment
    ends_at: Moment
    reason: Annotated[str, StringConstraints(max_length=200)] | None = None

    @model_validator(mode="after")
    def _check_order(self) -> "OverrideRequest":
        if self.ends_at <= self.starts_at:
            raise ValueError("An override ends after it begins.")
        return self


class OverrideSchema(Schema):
    id: str
    person: PersonSchema
    starts_at: Instant
    ends_at: Instant
    reason: str | None


class NotifySchema(Payload):
    """One whom a step tells: whoever is on call in a schedule, a person, or a channel."""

    kind: Literal["schedule", "person", "channel"]
    id: PublicId


class StepSchema(Payload):
    after_minutes: int = Field(ge=0, le=24 * 60, description="Since the step before, unacknowledged")
    notify: list[NotifySchema] = Field(min_length=1, max_length=20)


class EscalationPolicyRequest(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Around the clock",
                    "steps": [
                        {"after_minutes": 0, "notify": [{"kind": "schedule", "id": "sch_0000000000000"}]},
                        {"after_minutes": 10, "notify": [{"kind": "person", "id": "usr_0000000000000"}]},
                    ],
                    "repeats": 2,
                    "is_default": True,
                }
            ]
        }
    )

    name: Name
    steps: list[StepSchema] = Field(min_length=1, max_length=10)
    repeats: int = Field(default=0, ge=0, le=9, description="How often all steps begin again")
    least_severity: AlertSeverity = Field(
        default=AlertSeverity.CRITICAL, description="Less grave alerts call nobody"
    )
    is_default: bool = Field(default=False, description="For rules without a policy of their own")


class EscalationPolicySchema(Schema):
    id: str
    name: str
    steps: list[StepSchema]
    repeats: int
    least_severity: AlertSeverity
    is_default: bool
    created_at: Instant


class OnCallNowSchema(Schema):
    """Everybody who would be called now."""

    schedule_id: str
    schedule: str
    on_call: ShiftSchema | None
