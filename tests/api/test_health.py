"""Health: ready as long as database and storage answer and nobody asked it to stop; without the rest it says so."""

import asyncio
import contextlib
import os
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from structlog.testing import capture_logs

from fixtures.api import browser, serving, unlimited
from hauberk.api import health, watchdog
from hauberk.api.events.endpoints import _events
from hauberk.db import counts
from hauberk.db.pool import figures
from hauberk.db.session import Pool, async_engine
from hauberk.domain.permissions import Actor
from hauberk.features.identity.caller import SignedIn
from hauberk.infra import health as looks
from hauberk.infra.deadline import deadline
from hauberk.infra.embedded.postgres import drop_database

pytestmark = pytest.mark.anyio
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", -1)


async def asked(app, path="/health/ready"):
    async with browser(app) as client:
        answer = await client.get(path)
    return answer.status_code, answer.json()


@pytest.mark.long
async def test_a_lost_database_is_not_ready_and_alive(fresh_settings, servers):
    async with serving(fresh_settings) as app:
        assert (await asked(app))[0] == 200
        drop_database(servers.superuser_url, fresh_settings.database.url.partition("?")[0].rpartition("/")[2])
        began = time.monotonic()
        status, found = await asked(app)
        assert (status, found["state"], found["degraded"]) == (503, "down", ["database"])
        assert time.monotonic() - began < 5
        assert (await asked(app, "/health/live"))[0] == 200


async def test_a_lost_storage_is_not_ready_and_ready_again_when_it_is_back(fresh_settings):
    folder = fresh_settings.home / "storage"
    async with serving(fresh_settings) as app:
        assert (await asked(app))[0] == 200
        folder.rename(folder.with_name("away"))
        status, found = await asked(app)
        assert (status, found["degraded"]) == (503, ["storage"])
        folder.with_name("away").rename(folder)
        assert (await asked(app))[0] == 200


@pytest.mark.parametrize("role", ["cache", "queue"])
async def test_without_valkey_it_serves_and_says_so(settings, role):
    section = getattr(settings, role).model_copy(update={"url": NOBODY})
    async with serving(settings.model_copy(update={role: section})) as app:
        status, found = await asked(app)
    assert (status, found["state"], found["degraded"]) == (200, "degraded", [role])


async def test_who_drains_is_not_ready_and_ends_its_connections(app):
    async with browser(app) as client:
        before = await client.get("/health/ready")
        assert "connection" not in before.headers
        app.state.context.draining.begin()
        answer = await client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["degraded"] == ["draining"]
        assert answer.headers["connection"] == "close"
        alive = await client.get("/health/live")
        assert (alive.status_code, alive.headers["connection"]) == (200, "close")


async def test_a_look_that_does_not_even_give_up_costs_its_own_time_only(app, monkeypatch):
    async def hang(_around):
        for _ in range(2):  # as a driver that waits again after it was cancelled
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3)

    monkeypatch.setitem(looks._LOOKS, "mail", looks._Registered(hang, is_needed=False, seconds=0.2))
    began = time.monotonic()
    status, found = await asked(app)
    assert time.monotonic() - began < 2
    assert (status, found["degraded"]) == (200, ["mail"])
    assert found["checks"]["mail"]["detail"] == "no answer in 0.2 seconds"


@pytest.mark.long
async def test_a_process_that_is_only_busy_does_not_call_its_database_lost(app, monkeypatch):
    async def slow(_around):
        await asyncio.sleep(0.3)
        return "answers"

    async def busy():
        while True:
            time.sleep(0.2)  # noqa: ASYNC251 - as the work of many requests
            await asyncio.sleep(0)

    monkeypatch.setitem(looks._LOOKS, "database", looks._Registered(slow, is_needed=True, seconds=0.5))
    working = asyncio.gather(busy(), busy(), busy())
    status, found = await asked(app)
    working.cancel()
    assert status == 200, found


@pytest.mark.long
async def test_while_a_look_takes_long_the_last_one_is_the_answer_but_not_for_long(app, monkeypatch):
    assert (await asked(app))[0] == 200

    async def gone(_around):
        await asyncio.sleep(30)

    monkeypatch.setitem(looks._LOOKS, "database", looks._Registered(gone, is_needed=True, seconds=2))
    began = time.monotonic()
    assert (await asked(app))[0] == 200
    assert time.monotonic() - began < 1.5
    while (await asked(app))[0] == 200:
        assert time.monotonic() - began < 5
        await asyncio.sleep(0.1)


async def test_health_waits_for_no_connection_of_the_requests(settings):
    small = settings.database.model_copy(update={"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.3})
    async with (
        serving(unlimited(settings).model_copy(update={"database": small})) as app,
        app.state.context.sessions.engine.connect(),
        browser(app, Authorization="Bearer hbk_none") as client,
    ):
        assert (await asked(app))[0] == 200
        refused = await client.get("/api/v1/findings")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["type"].endswith(":overloaded")


async def test_who_waits_for_a_connection_waits_no_longer_than_the_request_lasts(app, settings):
    engine = async_engine(settings.database.url, pool=Pool(1, 0, timeout=30))
    async with engine.connect():
        began = time.monotonic()
        with deadline(1.0), pytest.raises(PoolTimeoutError):
            await engine.connect()
        assert time.monotonic() - began < 1
    assert figures(engine)["waits"] == 1
    assert figures(engine)["refusals"] == 1
    await engine.dispose()


@pytest.mark.long
async def test_a_loop_that_stands_still_is_told_with_the_place():
    with capture_logs() as logs:
        async with watchdog.watching(lambda _lag: None) as loop:
            await asyncio.sleep(2 * watchdog.TICK_SECONDS)
            time.sleep(1.6)  # noqa: ASYNC251 - what must never be done
            await asyncio.sleep(2 * watchdog.TICK_SECONDS)
            found = loop.figures()
    (told,) = [each for each in logs if each["event"] == "event_loop_stalled"]
    assert "test_a_loop_that_stands_still" in told["stack"]
    assert found["stalls"] == 1
    assert found["worst_ms"] > 1000


async def test_each_process_tells_that_it_lives_and_how_it_is(app, context):
    present = text("select detail from process_heartbeat where role = 'api' and detail->>'pid' = :pid")
    async with context.sessions.engine.connect() as connection:
        for _ in range(50):
            if found := (await connection.execute(present, {"pid": str(os.getpid())})).scalars().all():
                break
            await asyncio.sleep(0.1)
    assert found[0]["database_pool"]["size"] == 20


def _reader(organization_id):
    return SignedIn(Actor.system(organization_id), email="", session_id=None, csrf_token=None)


@pytest.mark.long
async def test_open_pages_learn_that_something_changed_and_end_when_it_drains(app, context, organization):
    watchers = app.state.watchers
    stream = _events(context, watchers, _reader(organization.organization_id))
    assert await anext(stream) == "event: connected\ndata: {}\n\n"
    async with context.sessions.transaction(organization.organization_id) as session:
        await session.run_sync(lambda sync: counts.renew(sync.connection(), organization.organization_id))
    assert await asyncio.wait_for(anext(stream), 10) == "event: changed\ndata: {}\n\n"
    context.draining.begin()
    assert [each async for each in stream] in ([], [": still here\n\n"])
    assert watchers._watchers == {}


@pytest.mark.long
async def test_many_open_pages_are_told_one_after_the_other_and_once_for_what_changed_meanwhile(
    app, context, organization, monkeypatch
):
    monkeypatch.setattr("hauberk.api.events.endpoints.TOLD_A_SECOND", 20)
    number = organization.organization_id

    async def told() -> float:
        stream = _events(context, app.state.watchers, _reader(number))
        await anext(stream)
        is_open.release()
        while await anext(stream) != "event: changed\ndata: {}\n\n":
            pass
        return time.monotonic()

    async def change() -> None:
        async with context.sessions.transaction(number) as session:
            await session.run_sync(lambda sync: counts.renew(sync.connection(), number))

    is_open = asyncio.Semaphore(0)
    readers = [asyncio.create_task(told()) for _ in range(40)]
    for _ in readers:
        await asyncio.wait_for(is_open.acquire(), 10)
    await change()
    moments = sorted(await asyncio.wait_for(asyncio.gather(*readers), 15))
    assert moments[-1] - moments[0] > 0.7
