"""Who is on call, by the clock: handovers, layers, overrides, hours, and clocks that jump."""

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hauberk.domain.hours import Hours
from hauberk.domain.on_call import Layer, Override, Schedule, Shift, Unit, gaps

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # jumps by half an hour
ANN, BOB, EVE = 1, 2, 3


def at(text: str, zone=UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def weekly(*people: int, first="2026-11-02T09:00", **more) -> Layer:
    return Layer(people, datetime.fromisoformat(first), more.pop("unit", Unit.WEEK), **more)


def who(schedule: Schedule, moment: datetime, available=None) -> int | None:
    shift = schedule.on_call_at(moment, available)
    return shift.user_id if shift else None


def test_people_take_turns_and_hand_over_on_the_minute():
    schedule = Schedule(BERLIN, (weekly(ANN, BOB, EVE),))
    assert who(schedule, at("2026-11-02T08:59", BERLIN)) is None, "nobody before the first handover"
    assert who(schedule, at("2026-11-02T09:00", BERLIN)) == ANN
    assert who(schedule, at("2026-11-09T08:59", BERLIN)) == ANN
    assert who(schedule, at("2026-11-09T09:00", BERLIN)) == BOB
    assert who(schedule, at("2026-11-23T09:00", BERLIN)) == ANN, "after the last the first again"
    assert who(schedule, at("2028-11-06T09:00", BERLIN)) == ANN, "105 weeks on"


def test_a_handover_at_nine_stays_at_nine_when_clocks_jump():
    schedule = Schedule(BERLIN, (weekly(ANN, BOB, first="2026-03-23T09:00"),))
    shifts = schedule.shifts(at("2026-03-23T08:00"), at("2026-04-13T12:00"))
    assert [shift.starts_at.astimezone(BERLIN).hour for shift in shifts] == [9, 9, 9, 9]
    assert shifts[0].ends_at - shifts[0].starts_at == timedelta(days=7, hours=-1), (
        "the week of the jump is short"
    )
    assert shifts[1].ends_at - shifts[1].starts_at == timedelta(days=7)


def test_a_handover_in_the_hour_that_does_not_exist_or_comes_twice_happens_once():
    for first in ("2026-03-28T02:30", "2026-10-24T02:30"):
        schedule = Schedule(BERLIN, (weekly(ANN, BOB, first=first, unit=Unit.DAY),))
        begin = at(first, BERLIN)
        shifts = schedule.shifts(begin, begin + timedelta(days=4))
        assert [shift.user_id for shift in shifts] == [ANN, BOB, ANN, BOB, ANN][: len(shifts)]
        assert gaps(shifts, begin, begin + timedelta(days=4)) == []


def test_turns_of_hours_are_hours_whatever_the_clock_shows():
    schedule = Schedule(BERLIN, (weekly(ANN, BOB, first="2026-03-28T12:00", unit=Unit.HOUR, every=12),))
    shifts = schedule.shifts(at("2026-03-28T11:00"), at("2026-03-30T11:00"))
    assert {shift.ends_at - shift.starts_at for shift in shifts} == {timedelta(hours=12)}


def test_the_highest_layer_that_covers_a_moment_counts():
    nights = Hours(time(18), time(8))
    schedule = Schedule(
        BERLIN,
        (weekly(ANN), weekly(BOB, hours=(nights,)), weekly(EVE, hours=(Hours(time(0), time(0), {5, 6}),))),
    )
    assert who(schedule, at("2026-11-04T12:00", BERLIN)) == ANN
    assert who(schedule, at("2026-11-04T23:00", BERLIN)) == BOB
    assert who(schedule, at("2026-11-05T07:59", BERLIN)) == BOB
    assert who(schedule, at("2026-11-07T03:00", BERLIN)) == EVE
    assert who(schedule, at("2026-11-09T00:00", BERLIN)) == BOB, "the weekend ends at midnight"


def test_an_override_counts_before_all_layers_and_the_later_one_before_the_earlier():
    schedule = Schedule(
        BERLIN,
        (weekly(ANN),),
        (
            Override(BOB, at("2026-11-03T10:00"), at("2026-11-05T10:00")),
            Override(EVE, at("2026-11-04T00:00"), at("2026-11-04T12:00")),
        ),
    )
    shifts = schedule.shifts(at("2026-11-03T00:00"), at("2026-11-06T00:00"))
    assert [(shift.user_id, shift.layer) for shift in shifts] == [
        (ANN, 0),
        (BOB, None),
        (EVE, None),
        (BOB, None),
        (ANN, 0),
    ]


def test_whoever_left_leaves_a_gap_that_a_lower_layer_fills():
    schedule = Schedule(BERLIN, (weekly(ANN), weekly(BOB)))
    moment = at("2026-11-04T12:00")
    assert who(schedule, moment, available={ANN, BOB}) == BOB
    assert who(schedule, moment, available={ANN}) == ANN
    assert who(schedule, moment, available=set()) is None


def test_gaps_are_when_nobody_is_called():
    schedule = Schedule(BERLIN, (weekly(ANN, hours=(Hours(time(9), time(17), frozenset(range(5))),)),))
    since, until = at("2026-11-09T00:00", BERLIN), at("2026-11-16T00:00", BERLIN)
    free = sum((end - begin for begin, end in gaps(schedule.shifts(since, until), since, until)), timedelta())
    assert free == timedelta(hours=7 * 24 - 5 * 8)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(  # noqa: DTZ001 - wall clocks
    lambda found: found.replace(microsecond=0)
)


@given(
    first=moments,
    since=moments,
    unit=st.sampled_from(list(Unit)),
    every=st.integers(1, 5),
    people=st.integers(1, 4),
    zone=st.sampled_from([BERLIN, LORD_HOWE, ZoneInfo("UTC")]),
)
def test_around_the_clock_means_without_gap_or_overlap(first, since, unit, every, people, zone):
    schedule = Schedule(zone, (Layer(tuple(range(people)), first, unit, every),))
    begin = max(since.replace(tzinfo=UTC), first.replace(tzinfo=zone).astimezone(UTC))
    end = begin + timedelta(days=12)
    shifts: list[Shift] = schedule.shifts(begin, end)
    assert gaps(shifts, begin, end) == []
    assert all(a.ends_at == b.starts_at for a, b in itertools.pairwise(shifts))
    assert (shifts[0].starts_at, shifts[-1].ends_at) == (begin, end)
