"""Who is on call: rotations in layers, the higher before the lower, and overrides before all of them.

Everything is computed from the rules for any time that is asked for; nothing is stored ahead, so a change of the rules
is true at once. Days and weeks are those of the schedule's own clock: a handover at nine stays at nine when clocks jump.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise
from zoneinfo import ZoneInfo

from hauberk.domain.hours import Hours, on_wall_clock


class Unit(StrEnum):
    """What turns of a rotation are counted in."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def length(self) -> timedelta:
        return {
            Unit.HOUR: timedelta(hours=1),
            Unit.DAY: timedelta(days=1),
            Unit.WEEK: timedelta(weeks=1),
        }[self]


@dataclass(frozen=True, slots=True)
class Shift:
    """One person for one time; `layer` is the place of its layer, None for an override."""

    user_id: int
    starts_at: datetime
    ends_at: datetime
    layer: int | None


@dataclass(frozen=True, slots=True)
class Layer:
    """A rotation: these people in turn, handed over every `every` units, from its first handover on the wall clock.

    `hours` narrow it (nights, weekends); empty is around the clock.
    """

    people: tuple[int, ...]
    first_handover: datetime
    unit: Unit
    every: int = 1
    hours: tuple[Hours, ...] = ()

    def shifts(self, zone: ZoneInfo, since: datetime, until: datetime, place: int) -> Iterator[Shift]:
        """Those that overlap the time asked for, cut to its hours."""
        if not self.people:
            return
        turn = self._turn_before(zone, since)
        while (begin := self._handover(zone, turn)) < until:
            end = self._handover(zone, turn + 1)
            if end > since:
                person = self.people[turn % len(self.people)]
                for span in self._within_hours(zone, max(begin, since), min(end, until)):
                    yield Shift(person, *span, place)
            turn += 1

    def _turn_before(self, zone: ZoneInfo, since: datetime) -> int:
        """One that has begun by then; exact but for jumps of the clock, for which one more is looked at."""
        elapsed = since.astimezone(zone).replace(tzinfo=None) - self.first_handover
        return max(0, elapsed // (self.unit.length * self.every) - 1)

    def _handover(self, zone: ZoneInfo, turn: int) -> datetime:
        length = self.unit.length * self.every
        if self.unit is Unit.HOUR:
            return on_wall_clock(self.first_handover, zone) + turn * length
        return on_wall_clock(self.first_handover + turn * length, zone)

    def _within_hours(
        self, zone: ZoneInfo, begin: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        if begin >= end:
            return
        if not self.hours:
            yield begin, end
            return
        for hours in self.hours:
            for opens, closes in hours.spans(zone, begin, end):
                yield max(begin, opens), min(end, closes)


@dataclass(frozen=True, slots=True)
class Override:
    """This person instead of whoever else it would be."""

    user_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """`layers` from the lowest to the highest."""

    zone: ZoneInfo
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()

    def shifts(self, since: datetime, until: datetime, available: Iterable[int] | None = None) -> list[Shift]:
        """Who is on call from then to then, without overlaps, in order. People who are not available leave a gap."""
        since, until = since.astimezone(UTC), until.astimezone(UTC)
        ranked = [shift for rank in self._ranked(since, until) for shift in rank]
        if available is not None:
            allowed = frozenset(available)
            ranked = [shift for shift in ranked if shift.user_id in allowed]
        return _topmost(ranked)

    def on_call_at(self, moment: datetime, available: Iterable[int] | None = None) -> Shift | None:
        """The shift of that moment, from it to its end (within the next four weeks)."""
        shifts = self.shifts(moment, moment + timedelta(weeks=4), available)
        return shifts[0] if shifts and shifts[0].starts_at <= moment else None

    def _ranked(self, since: datetime, until: datetime) -> Iterator[Sequence[Shift]]:
        """From the one that counts least to the one that counts most."""
        for place, layer in enumerate(self.layers):
            yield list(layer.shifts(self.zone, since, until, place))
        # Of two overrides the one made later counts.
        yield [
            Shift(each.user_id, max(each.starts_at, since), min(each.ends_at, until), None)
            for each in self.overrides
            if each.starts_at < until and each.ends_at > since
        ]


def gaps(shifts: Sequence[Shift], since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """When nobody is on call."""
    edges = [since, *(edge for shift in shifts for edge in (shift.starts_at, shift.ends_at)), until]
    return [
        (begin, end)
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
        if end - begin >= timedelta(minutes=1)
    ]


def _topmost(ranked: Sequence[Shift]) -> list[Shift]:
    """For each stretch between two edges the last that covers it; neighbours of one person and layer are one."""
    edges = sorted({edge for shift in ranked for edge in (shift.starts_at, shift.ends_at)})
    coming = sorted(range(len(ranked)), key=lambda place: ranked[place].starts_at, reverse=True)
    under_way: list[int] = []  # a heap of places, the last on top
    found: list[Shift] = []
    for begin, end in pairwise(edges):
        while coming and ranked[coming[-1]].starts_at <= begin:
            heappush(under_way, -coming.pop())
        while under_way and ranked[-under_way[0]].ends_at <= begin:
            heappop(under_way)
        if not under_way:
            continue
        top = ranked[-under_way[0]]
        before = found[-1] if found else None
        if before and (before.user_id, before.layer, before.ends_at) == (top.user_id, top.layer, begin):
            found[-1] = Shift(top.user_id, before.starts_at, end, top.layer)
        else:
            found.append(Shift(top.user_id, begin, end, top.layer))
    return found
