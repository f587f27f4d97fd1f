"""The application behind a real web server on a free port of this machine, in a thread of the test."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from fixtures.api import Member, new_organization
from hauberk.api.app import create_app
from hauberk.infra.settings import Settings

SECONDS = 30


@dataclass(frozen=True)
class Listening:
    """Where it listens, and an administrator of a fresh organization there."""

    host: str
    port: int
    app: FastAPI
    member: Member

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def listening(settings: Settings) -> Iterator[Listening]:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        host, port = bound.getsockname()
        app = create_app(settings.model_copy(update={"port": port}))
        config = uvicorn.Config(
            app, lifespan="on", log_config=None, access_log=False, timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        loop = asyncio.new_event_loop()

        def serve() -> None:
            loop.run_until_complete(server.serve(sockets=[bound]))

        thread = threading.Thread(target=serve, name="web server")
        thread.start()
        try:
            _wait_for_start(server, thread)
            making = asyncio.run_coroutine_threadsafe(new_organization(app.state.context), loop)
            yield Listening(host, port, app, making.result(SECONDS))
        finally:
            server.should_exit = True
            thread.join(SECONDS)
            loop.close()


def _wait_for_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + SECONDS
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.02)
