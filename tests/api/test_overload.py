"""Overload: what a process cannot do soon it refuses at once, health is always seen, and it recovers by itself."""

import asyncio
import time

import pytest
from fastapi import APIRouter

from fixtures.api import browser, unlimited
from hauberk.api import watchdog
from hauberk.api.app import create_app
from hauberk.api.middleware.overload import (
    LEAST,
    LOOKS_TO_FULL,
    MOST_WAITING,
    WAIT_SECONDS,
    Admission,
)
from hauberk.db.session import Standing

pytestmark = pytest.mark.anyio

busy = APIRouter(prefix="/api/v1/busy")


@busy.get("/wait")
async def wait() -> dict[str, str]:
    await asyncio.sleep(WAIT_SECONDS + 0.3)
    return {"state": "done"}


@pytest.mark.long
async def test_more_than_it_can_do_is_shed_quickly_and_is_over_when_it_is_over(settings):
    http = settings.http.model_copy(update={"concurrency": 10})
    app = create_app(unlimited(settings).model_copy(update={"http": http}))
    app.include_router(busy)
    async with app.router.lifespan_context(app), browser(app) as client:
        refused_after = []

        async def ask():
            began = time.monotonic()
            answer = await client.get("/api/v1/busy/wait")
            if answer.status_code == 503:
                refused_after.append(time.monotonic() - began)
                assert answer.json()["type"] == "urn:hauberk:problem:overloaded"
                assert 1 <= int(answer.headers["retry-after"]) <= 4
            return answer.status_code

        asked = [asyncio.create_task(ask()) for _ in range(30 + MOST_WAITING)]
        await asyncio.sleep(0.15)
        assert (await client.get("/health/live")).status_code == 200
        codes = await asyncio.gather(*asked)
        assert codes.count(200) == 10
        assert codes.count(503) == 20 + MOST_WAITING
        assert sorted(refused_after)[19] < 0.3, "only as many as have a place to wait in are kept waiting"
        assert max(refused_after) < WAIT_SECONDS + 0.3
        assert [await ask() for _ in range(3)] == [200, 200, 200]


@pytest.mark.long
async def test_what_one_page_asks_for_at_once_is_answered_a_little_later_where_few_are_let_in():
    admission = Admission(2)
    assert [await admission.enter() for _ in range(2)] == [True, True]
    page = [asyncio.create_task(admission.enter()) for _ in range(6)]
    given_up = asyncio.create_task(admission.enter())
    await asyncio.sleep(0)
    given_up.cancel()
    for _ in range(6):
        await asyncio.sleep(0.01)
        admission.leave()
    assert await asyncio.gather(*page) == [True] * 6
    assert admission.running == 2, "who went away holds no place"
    assert not await admission.enter(), "nobody left in time"
    admission.most = admission.limit = 3
    assert await admission.enter()


def test_a_late_event_loop_lets_fewer_in_and_a_timely_one_all_of_them():
    admission = Admission(100)
    admission.running = 90
    admission.look(0.5)
    admission.look(0.5)
    assert admission.limit == 100, "one late turn is nothing"
    for _ in range(30):
        admission.look(0.5)
    assert admission.limit == LEAST
    assert admission.is_full
    for _ in range(LOOKS_TO_FULL):
        admission.look(0.0)
    assert admission.limit == 100
    assert not admission.is_full


def test_a_queue_before_the_database_lets_fewer_in_though_the_event_loop_is_in_time():
    admission, standing = Admission(100), Standing()
    admission.running = 90
    for waits in [(2.0, 0.001), (2.0,), (0.4, 2.0), ()]:
        for seconds in waits:
            standing.note(seconds)
        admission.look(standing.taken())
        assert admission.limit == 100, (
            "one slow beginning is nothing while another was quick, and two are not several"
        )
    for _ in range(30):
        standing.note(0.3)
        admission.look(standing.taken())
    assert admission.limit == LEAST


@pytest.mark.long
async def test_the_event_loop_is_really_looked_at():
    admission = Admission(100)
    admission.running = 50
    async with watchdog.watching(admission.look):
        for _ in range(5):
            time.sleep(0.55)  # noqa: ASYNC251 - holds the loop up, which is what is looked for
            await asyncio.sleep(0.01)
    assert admission.limit < 100


async def test_how_long_requests_wait_for_a_connection_is_really_looked_at(settings):
    database = settings.database.model_copy(update={"pool_size": 1, "max_overflow": 0})
    app = create_app(unlimited(settings).model_copy(update={"database": database}))
    async with app.router.lifespan_context(app):
        sessions = app.state.context.sessions

        async def begin() -> None:
            async with sessions.transaction():
                pass

        async with sessions.transaction():
            waiting = asyncio.create_task(begin())
            await asyncio.sleep(0.3)
        await waiting
        assert sessions.standing.taken() > 0.25
