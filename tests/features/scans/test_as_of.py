"""The list, its counts and its facets as they were on a day, whatever has happened since."""

import json
from datetime import timedelta

import pytest

from factories import reports
from hauberk.kit import clock

pytestmark = pytest.mark.anyio

FINDINGS = "/api/v1/findings"


def at(day):
    return f"2026-01-{day:02}T12:00:00Z"


@pytest.fixture
async def series(scanned):
    """Ten, then twelve of other severity and place, then ten of them."""
    await scanned(reports.code(10), scanned_at=at(1))
    await scanned(reports.code(12, shift=3, severity="LOW"), scanned_at=at(5))
    await scanned(reports.code(10, shift=3, severity="LOW"), scanned_at=at(9))


@pytest.fixture
def then(api):
    async def read(day, query="is:open", **more):
        answer = await api.get(
            FINDINGS, params={"q": query, "as_of": f"2026-01-{day:02}", "limit": 200} | more
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


@pytest.mark.long
async def test_what_was_open_on_a_day_is_listed_as_it_was(series, then):
    assert [(await then(day))["total"] for day in (1, 4, 5, 8, 9)] == [10, 10, 12, 12, 10]
    first = (await then(2))["items"]
    assert {each["severity"] for each in first} == {"high"}
    assert {each["locations"][0]["line"] for each in first} == set(range(1, 11))
    later = (await then(6))["items"]
    assert {each["severity"] for each in later} == {"low"}
    assert {each["locations"][0]["line"] for each in later} == set(range(4, 16))
    assert {each["last_seen_at"][:10] for each in first} == {"2026-01-01"}


@pytest.mark.long
async def test_before_the_first_scan_there_was_nothing(api, series):
    answer = await api.get(FINDINGS, params={"as_of": "2025-12-31"})
    assert (answer.json()["items"], answer.json()["total"]) == ([], 0)


@pytest.mark.long
async def test_filters_mean_the_state_of_then(series, then):
    assert [(await then(day, "severity:high is:open"))["total"] for day in (2, 6)] == [10, 0]
    assert [(await then(day, "severity:low is:open"))["total"] for day in (2, 6)] == [0, 12]
    assert (await then(9, "presence:inactive"))["total"] == 2
    assert (await then(8, "presence:inactive"))["total"] == 0
    assert [(await then(day, "path:/src/file1.go"))["total"] for day in (2, 6)] == [1, 2]


@pytest.mark.long
async def test_what_was_closed_then_or_had_come_back_is_told_as_it_was(scanned, then):
    for day, skip, severity in (
        (1, (), "HIGH"),
        (5, (2,), "HIGH"),
        (9, (), "LOW"),
        (11, (2,), "LOW"),
        (13, (), "MEDIUM"),
    ):
        await scanned(reports.code(3, skip=skip, severity=severity), scanned_at=at(day))

    async def told(day):
        (found,) = [each for each in (await then(day, ""))["items"] if each["locations"][0]["line"] == 3]
        return found["presence"], found["severity"], found["severity_reported"], found["is_reopened"]

    assert [await told(day) for day in (2, 6, 10, 12, 14)] == [
        ("active", "high", "high", False),
        ("inactive", "high", "high", False),
        ("active", "low", "low", True),
        ("inactive", "low", "low", False),
        ("active", "medium", "medium", True),
    ]


@pytest.mark.long
async def test_pages_go_on_where_the_one_before_ended(series, then):
    first = await then(6, limit=5)
    second = await then(6, limit=5, cursor=first["next_cursor"])
    third = await then(6, limit=5, cursor=second["next_cursor"])
    ids = [each["id"] for page in (first, second, third) for each in page["items"]]
    assert (len(ids), len(set(ids)), third["next_cursor"]) == (12, 12, None)


@pytest.mark.long
async def test_facets_count_the_state_of_then(api, series):
    async def severities(day):
        answer = await api.get(f"{FINDINGS}/facets", params={"q": "is:open", "as_of": f"2026-01-{day:02}"})
        return {each["value"]: each["count"] for each in answer.json()["severity"] if each["count"]}

    assert await severities(2) == {"high": 10}
    assert await severities(6) == {"low": 12}


@pytest.mark.long
async def test_what_people_decided_later_had_not_been_decided_then(api, scanned):
    before = clock.now()
    await scanned(reports.code(3), scanned_at=(before - timedelta(days=3)).isoformat())
    finding = (await api.get(FINDINGS)).json()["items"][0]["id"]
    undecided = clock.now().isoformat()
    decision = {"triage": "false_positive", "reason": "Test code"}
    await api.patch(f"{FINDINGS}/{finding}", json=decision)
    await api.patch(f"{FINDINGS}/{finding}", json={"severity": "low", "severity_reason": "Not reachable"})
    decided = clock.now().isoformat()
    await api.patch(f"{FINDINGS}/{finding}", json={"triage": "open", "severity": None})

    async def seen(instant):
        items = (await api.get(FINDINGS, params={"as_of": instant})).json()["items"]
        found = next(each for each in items if each["id"] == finding)
        return found["triage"], found["triage_reason"], found["severity"]

    assert await seen(undecided) == ("open", None, "high")
    assert await seen(decided) == ("false_positive", "Test code", "low")
    assert await seen(clock.now().isoformat()) == ("open", None, "high")


@pytest.mark.long
async def test_tags_are_those_of_then_in_the_list_and_in_filters(api, scanned):
    await scanned(reports.code(1), scanned_at=(clock.now() - timedelta(days=3)).isoformat())
    finding = (await api.get(FINDINGS)).json()["items"][0]["id"]

    async def tag(**change):
        assert (await api.patch(f"{FINDINGS}/{finding}", json=change)).status_code == 200
        return clock.now().isoformat()

    instants = [
        clock.now().isoformat(),
        await tag(add_tags=["a", "b"]),
        await tag(add_tags=["c"], remove_tags=["a"]),
        await tag(add_tags=["a"]),
        await tag(remove_tags=["a", "b", "c"]),
    ]

    async def seen(instant, query=""):
        items = (await api.get(FINDINGS, params={"as_of": instant, "q": query})).json()["items"]
        return [sorted(each["tags"]) for each in items]

    assert [await seen(each) for each in instants] == [
        [[]],
        [["a", "b"]],
        [["b", "c"]],
        [["a", "b", "c"]],
        [[]],
    ]
    assert [len(await seen(each, "tag:a")) for each in instants] == [0, 1, 0, 1, 0]


@pytest.mark.long
async def test_an_undone_scan_never_was(api, series, scanned, work, then):
    scan = await scanned(reports.code(20, shift=3, severity="LOW"), scanned_at=at(12))
    assert (await then(13))["total"] == 20
    await api.post(f"/api/v1/scans/{scan['id']}/undo")
    await work()
    assert [(await then(day))["total"] for day in (2, 6, 10, 13)] == [10, 12, 10, 10]


async def test_an_instant_is_refused_where_it_cannot_be_looked_at(api):
    for wrong in ("2990-01-01", "yesterday", ""):
        answer = await api.get(FINDINGS, params={"as_of": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/as_of"), wrong
    today = clock.now().date().isoformat()
    assert (await api.get(FINDINGS, params={"as_of": today})).status_code == 200


@pytest.mark.long
async def test_the_whole_list_of_a_day_is_exported(api, series):
    answer = await api.get(f"{FINDINGS}/export", params={"q": "is:open", "as_of": "2026-01-02"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="findings-2026-01-02.csv"' in answer.headers["content-disposition"]
    lines = answer.text.splitlines()
    assert (len(lines), lines[0].split(",")[:5]) == (11, ["id", "asset", "kind", "title", "severity"])
    assert all(",high," in line for line in lines[1:])
    answer = await api.get(f"{FINDINGS}/export", params={"format": "jsonl", "as_of": "2026-01-06"})
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert (len(rows), {row["severity"] for row in rows}) == (12, {"low"})
    wrong = await api.get(f"{FINDINGS}/export", params={"q": "severity:"})
    assert wrong.status_code == 422


@pytest.mark.long
async def test_an_export_goes_on_page_after_page_and_is_no_formula(api, scanned):
    await scanned(reports.code(450, title="=cmd|' /C calc'!A0"))
    lines = (await api.get(f"{FINDINGS}/export")).text.splitlines()
    assert len(lines) == 451
    assert all("'=cmd" in line for line in lines[1:])


@pytest.mark.parametrize("sign", ["\uff1d", "\uff20"])
async def test_a_wide_sign_makes_no_formula_either(api, scanned, sign):
    await scanned(reports.code(1, title=f"{sign}SUM(1+1)"))
    (_, line) = (await api.get(f"{FINDINGS}/export")).text.splitlines()
    assert f",'{sign}SUM(1+1)," in line


@pytest.mark.long
async def test_the_overview_counts_a_past_day_as_the_list_does(api, series, then):
    for day in (1, 4, 6, 9):
        answer = await api.get("/api/v1/dashboard", params={"as_of": f"2026-01-{day:02}", "days": 7})
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        listed = await then(day)
        assert shown["open"]["total"] == listed["total"]
        severity = listed["items"][0]["severity"]
        assert shown["open"]["by_severity"][severity] == listed["total"]
        assert (shown["trend"][-1]["on"], len(shown["trend"])) == (f"2026-01-{day:02}", 7)
        assert (shown["newest_scans"], shown["unscanned_assets"]) == ([], None)
    assert (await api.get("/api/v1/dashboard")).json()["open"]["total"] == 10
    coming = await api.get("/api/v1/dashboard", params={"as_of": "2199-01-01"})
    assert (coming.status_code, coming.json()["errors"][0]["pointer"]) == (422, "/as_of")
