"""When a finding and each of its places were seen last: by scans that count, and not by the one that missed it."""

import pytest

from factories import reports
from factories.packages import one, two

pytestmark = pytest.mark.anyio

FINDINGS = "/api/v1/findings"


def day(number):
    return f"2026-01-{number:02}T12:00:00Z"


@pytest.fixture
def seen(api):
    async def read(**wanted):
        (found,) = (await api.get(FINDINGS, params=wanted)).json()["items"]
        detail = (await api.get(f"{FINDINGS}/{found['id']}")).json()
        occurrences = {each["ref"]: each["last_seen_at"][:10] for each in detail["occurrences"]}
        return found["last_seen_at"][:10], occurrences

    return read


@pytest.mark.long
async def test_a_branch_does_not_say_when_it_was_seen_last_where_it_counts(api, scanned, seen):
    await scanned(reports.code(1), scanned_at=day(1))
    await scanned(reports.code(1), scanned_at=day(3))
    await scanned(reports.code(1), ref="feature", scanned_at=day(9))
    assert await seen() == ("2026-01-03", {"main": "2026-01-03", "feature": "2026-01-09"})
    totals = [
        (await api.get(FINDINGS, params={"q": f"last_seen{compared}2026-01-05"})).json()["total"]
        for compared in ("<", ">")
    ]
    assert totals == [1, 0]


@pytest.mark.long
async def test_what_a_scan_missed_was_seen_last_by_the_one_before(scanned, seen):
    for number, count in ((1, 1), (2, 1), (4, 0)):
        await scanned(reports.code(count), scanned_at=day(number))
    assert await seen() == ("2026-01-02", {"main": "2026-01-02"})


@pytest.mark.long
async def test_a_scanner_that_misses_it_does_not_take_back_when_it_was_seen(api, scanned, seen):
    for report, number in ((two("a.json"), 1), (one("a.json"), 3), (one(), 4)):
        await scanned(report, scanned_at=day(number))
    assert (await seen())[0] == "2026-01-03"
    totals = [
        (await api.get(FINDINGS, params={"q": f"last_seen{compared}2026-01-02"})).json()["total"]
        for compared in ("<", ">")
    ]
    assert totals == [0, 1]
    assert (await seen(as_of=day(5)))[0] == "2026-01-03"
