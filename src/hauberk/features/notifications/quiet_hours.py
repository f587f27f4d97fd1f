"""Quiet hours of a channel: what can wait until they are over, does."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Self
from zoneinfo import ZoneInfo

from hauberk.domain.alert import AlertSeverity
from hauberk.domain.hours import ALL_DAYS, Hours


@dataclass(frozen=True, slots=True)
class QuietHours:
    """On the wall clock of one zone; what is as grave as `except_severity` is told at any hour."""

    zone: ZoneInfo
    hours: Hours
    except_severity: AlertSeverity | None = AlertSeverity.CRITICAL

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        excepted = value.get("except_severity")
        return cls(
            ZoneInfo(value["time_zone"]),
            Hours(
                time.fromisoformat(value["begins"]),
                time.fromisoformat(value["ends"]),
                frozenset(value["days"]) if value.get("days") else ALL_DAYS,
            ),
            AlertSeverity(excepted) if excepted else None,
        )

    def held_until(self, severity: AlertSeverity, moment: datetime) -> datetime | None:
        """Until when it waits, if it does."""
        if self.except_severity is not None and severity.reaches(self.except_severity):
            return None
        span = self.hours.covering(self.zone, moment)
        return span[1] if span else None
