"""Rows of schedules as rotations that can be asked who is on call."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from hauberk.db.models.alert import OnCallOverride, OnCallSchedule
from hauberk.domain.hours import ALL_DAYS, Hours
from hauberk.domain.on_call import Layer, Override, Schedule, Unit


def rotation(schedule: OnCallSchedule, overrides: Iterable[OnCallOverride]) -> Schedule:
    """`schedule` is a row, or anything with its columns."""
    return Schedule(
        ZoneInfo(schedule.time_zone),
        tuple(_layer(each) for each in schedule.layers),
        tuple(Override(each.user_id, each.starts_at, each.ends_at) for each in overrides),
    )


def _layer(value: dict[str, Any]) -> Layer:
    return Layer(
        people=tuple(value["people"]),
        first_handover=datetime.fromisoformat(value["first_handover"]),
        unit=Unit(value["unit"]),
        every=value["every"],
        hours=tuple(_hours(each) for each in value["hours"]),
    )


def _hours(value: dict[str, Any]) -> Hours:
    days = frozenset(value["days"]) if value.get("days") else ALL_DAYS
    return Hours(time.fromisoformat(value["begins"]), time.fromisoformat(value["ends"]), days)
