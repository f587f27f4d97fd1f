"""Following a scan by server-sent events."""

import asyncio
import json

import pytest
from sqlalchemy import text

from factories import reports

pytestmark = pytest.mark.anyio

SCANS = "/api/v1/scans"


def _events(body):
    """(event, data) of each block; comments left out."""
    blocks = [block.splitlines() for block in body.split("\n\n") if block.startswith("event: ")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


async def test_progress_comes_first_and_the_whole_scan_last(api, context, send, work):
    scan = await send(reports.code(3000))
    following = asyncio.create_task(api.get(f"{SCANS}/{scan['id']}/events"))
    await asyncio.sleep(1.2)
    async with context.sessions.transaction() as session:
        idle = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
        assert await session.scalar(text(idle)) == 0
    await work()
    answer = await following
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    events = _events(answer.text)
    assert [name for name, _ in events] == ["progress"] * (len(events) - 1) + ["finished"]
    assert events[0][1] == {"state": "accepted", "progress": scan["progress"]}
    assert events[-1][1] == (await api.get(f"{SCANS}/{scan['id']}")).json()
    assert events[-1][1]["counts"]["new"] == 3000


async def test_a_finished_scan_is_told_at_once(api, scanned):
    scan = await scanned(reports.code(3))
    answer = await api.get(f"{SCANS}/{scan['id']}/events")
    assert _events(answer.text) == [("finished", scan)]


async def test_a_held_scan_is_finished_for_now(api, held):
    assert _events((await api.get(f"{SCANS}/{held['id']}/events")).text) == [("finished", held)]


async def test_a_scan_of_nobody_is_not_found(api, context):
    for wrong in (context.public_ids.encode("scn", 2**40), "scn_x"):
        answer = await api.get(f"{SCANS}/{wrong}/events")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
