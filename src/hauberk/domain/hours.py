"""Hours of the week on a wall clock: quiet hours of a channel, the hours that a layer of a rotation covers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ALL_DAYS = frozenset(range(7))
_LONGEST_SPAN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of day to another, on these days (0 is Monday); an end that is not later is on the next day.

    A day is the one that it begins on. Equal times are the whole day.
    """

    begins: time
    ends: time
    days: frozenset[int] = ALL_DAYS

    def spans(self, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every span that overlaps the time asked for, in UTC and whole; wall clocks that jump are obeyed."""
        day = (since.astimezone(zone) - _LONGEST_SPAN).date()
        last = (until.astimezone(zone) + timedelta(days=1)).date()
        while day <= last:
            if day.weekday() in self.days:
                begin, end = self._on(day, zone)
                if begin < until and end > since and begin < end:
                    yield begin, end
            day += timedelta(days=1)

    def covering(self, zone: ZoneInfo, moment: datetime) -> tuple[datetime, datetime] | None:
        """The span that this moment lies in."""
        for begin, end in self.spans(zone, moment, moment + timedelta(microseconds=1)):
            if begin <= moment < end:
                return begin, end
        return None

    def _on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        next_day = day + timedelta(days=1)
        return (
            on_wall_clock(datetime.combine(day, self.begins), zone),
            on_wall_clock(datetime.combine(day if self.ends > self.begins else next_day, self.ends), zone),
        )


def on_wall_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant when the clock of the zone shows this: of two the first, and of none (it jumped over) the one that
    it would have been without the jump."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
