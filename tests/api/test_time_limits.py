"""Time: a request ends after its seconds, what moves bytes ends when it stands still, and a slow upload does neither."""

import asyncio

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import text

from fixtures.api import browser, unlimited
from hauberk.api.app import create_app
from hauberk.features.identity.serving import STREAM, UPLOAD, SessionDep

pytestmark = pytest.mark.anyio

slow = APIRouter(prefix="/api/v1/slow")


@slow.get("/statement")
async def statement(session: SessionDep) -> None:
    await session.execute(text("select pg_sleep(5)"))


@slow.post("/body")
async def body(request: Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@slow.post("/upload", openapi_extra=UPLOAD)
async def upload(request: Request, then: float = 0) -> dict[str, int]:
    size = sum([len(piece) async for piece in request.stream()])
    await asyncio.sleep(then)
    return {"bytes": size}


@slow.get("/events", openapi_extra=STREAM)
async def events() -> StreamingResponse:
    async def pieces():
        while True:
            yield ": still here\n\n"
            await asyncio.sleep(0.05)

    return StreamingResponse(pieces(), media_type="text/event-stream")


@pytest.fixture
async def client(settings):
    http = settings.http.model_copy(
        # The pauses below are ten times shorter or twice as long, so that a busy machine decides nothing.
        update={"request_seconds": 0.8, "idle_seconds": 1.0, "transfer_seconds": 3.0}
    )
    app = create_app(unlimited(settings).model_copy(update={"http": http}))
    app.include_router(slow)
    async with app.router.lifespan_context(app), browser(app) as opened:
        yield opened


async def _dripping(pieces, pause):
    for _ in range(pieces):
        yield b"x"
        await asyncio.sleep(pause)


async def test_a_slow_request_is_cut_and_told_so(client):
    answer = await client.get("/api/v1/slow/statement")
    assert answer.status_code == 504
    assert answer.json()["type"] == "urn:hauberk:problem:timeout"


async def test_a_body_that_comes_too_slowly_is_the_clients_fault(client):
    answer = await client.post("/api/v1/slow/body", content=_dripping(20, 0.1))
    assert answer.status_code == 408
    assert answer.json()["type"] == "urn:hauberk:problem:too_slow"
    assert answer.headers["connection"] == "close"


async def test_an_answer_ends_its_connection_where_the_body_was_not_read(client):
    refused = await client.post("/api/v1/slow/body", content=b"x" * 2_000_000)
    assert (refused.status_code, refused.headers["connection"]) == (413, "close")
    read = await client.post("/api/v1/slow/body", content=b"x")
    assert (read.status_code, "connection" in read.headers) == (200, False)


@pytest.mark.long
async def test_an_upload_may_take_longer_than_a_request_but_not_stand_still(client):
    answer = await client.post("/api/v1/slow/upload", content=_dripping(10, 0.1))
    assert (answer.status_code, answer.json()) == (200, {"bytes": 10})
    stalled = await client.post("/api/v1/slow/upload", content=_dripping(2, 2))
    assert stalled.status_code == 408


@pytest.mark.long
async def test_an_upload_has_a_limit_on_all_of_it_and_its_answer_one_of_its_own(client):
    endless = await client.post("/api/v1/slow/upload", content=_dripping(60, 0.1))
    assert endless.status_code == 408
    thinking = await client.post("/api/v1/slow/upload?then=6", content=b"x")
    assert thinking.status_code == 504


@pytest.mark.long
async def test_a_stream_of_events_ends_in_good_order_at_its_limit(client):
    answer = await client.get("/api/v1/slow/events")
    assert answer.status_code == 200
    assert 5 < answer.text.count("still here") < 65
