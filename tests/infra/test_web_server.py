"""Uvicorn as it is run here: whoever connected in the moment of stopping is answered."""

import asyncio
import socket

import pytest
import uvicorn

from hauberk.infra.web_server import patience
from hauberk.infra.web_server.patience import PatientProtocol

pytestmark = pytest.mark.anyio


async def app(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
async def stopping():
    """A connection that has sent nothing, to a server that is then told to stop."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=PatientProtocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    while not server.server_state.connections:  # noqa: ASYNC110 — Uvicorn tells nobody
        await asyncio.sleep(0.01)
    server.should_exit = True
    while server.servers[0].is_serving():  # noqa: ASYNC110 — nor of this
        await asyncio.sleep(0.01)
    yield reader, writer, serving
    writer.close()
    await asyncio.wait_for(serving, 10)


@pytest.mark.long
async def test_a_request_that_comes_while_it_stops_is_answered_and_then_it_ends(stopping):
    reader, writer, serving = stopping
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
    await asyncio.wait_for(reader.read(), 10)
    await asyncio.wait_for(serving, 10)


@pytest.mark.long
async def test_who_says_nothing_does_not_keep_it(stopping):
    reader, _, serving = stopping
    assert await asyncio.wait_for(reader.read(), 10 * patience.SILENT_SECONDS) == b""
    await asyncio.wait_for(serving, 10)
