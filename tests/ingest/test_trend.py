"""The trend over days after scans were taken back and read again: as if what is gone had never been sent."""

from datetime import timedelta
from typing import Any

import pytest

from factories.packages import MONDAY, one, two
from hauberk.domain.finding import Triage


@pytest.fixture
def days(imports):
    """(day after Monday, new, closed, change of what is open) of each day on which anything happened."""

    def read() -> list[tuple[int, int, int, int]]:
        rows = imports.rows(
            "select on_day, sum(opened) as opened, sum(closed) as closed, sum(case when triage <= 2 then n else 0 end) as net"
            " from count_delta group by on_day"
            " having sum(opened) <> 0 or sum(closed) <> 0 or sum(case when triage <= 2 then n else 0 end) <> 0"
        )
        return sorted(
            ((row.on_day - MONDAY.date()).days, int(row.opened), int(row.closed), int(row.net))
            for row in rows
        )

    return read


def on(day: int) -> dict[str, Any]:
    return {"scanned_at": MONDAY + timedelta(days=day)}


def test_a_finding_that_another_scanner_saw_later_is_new_on_that_day(imports, acts, days, consistent):
    first = imports(one("a.json"), **on(1))
    imports(two("a.json"), **on(2))
    assert days() == [(1, 1, 0, 1)]
    acts.undo(first)
    assert days() == [(2, 1, 0, 1)]
    consistent()


def test_what_never_was_leaves_no_day_behind(imports, acts, days, consistent):
    first, second = imports(one("a.json"), **on(1)), imports(two("a.json"), **on(2))
    acts.undo(first)
    acts.undo(second)
    assert days() == []
    consistent()


def test_of_two_closings_the_one_that_is_left_closes_nothing_on_either_day(imports, acts, days, consistent):
    imports(one("a.json"), **on(1))
    imports(two("a.json"), **on(2))
    missed = imports(one(), **on(3))
    imports(two(), **on(4))
    assert days() == [(1, 1, 0, 1), (4, 0, 1, -1)]
    acts.undo(missed)
    assert days() == [(1, 1, 0, 1)]
    consistent()


@pytest.mark.long
def test_a_scan_that_is_read_again_moves_nothing_to_another_day(imports, acts, days, consistent):
    first = imports(one("a.json"), **on(1))
    imports(two("a.json"), **on(2))
    imports(one(), **on(3))
    imports(two(), **on(4))
    before = days()
    acts.reprocess(first)
    assert days() == before
    consistent()


@pytest.mark.long
def test_a_report_that_waited_for_an_undone_one_is_counted_on_its_own_day(imports, acts, days, consistent):
    imports(one("a.json"), **on(1))
    gone = imports(one(), **on(2))
    imports(one("a.json"), **on(3))
    assert days() == [(1, 1, 0, 1), (2, 0, 1, -1), (3, 1, 0, 1)]
    acts.undo(gone)
    assert days() == [(1, 1, 0, 1)]
    consistent()


def test_what_people_had_settled_is_not_taken_off_twice(imports, acts, days, consistent):
    wrong = imports(one("a.json"), **on(1))
    imports(two("a.json"), **on(2))
    acts.say(acts.only(), triage=Triage.FALSE_POSITIVE, reason="Only in tests")
    acts.undo(wrong)
    assert [(day, net) for day, _, _, net in days()][:1] == [(2, 1)]
    assert sum(net for *_, net in days()) == 0
    consistent()
