"""What each layer around a route costs: the same answer with the layer and without it, in this process, without a network.

A layer is measured where it stands in the stack, around a handler that answers with a page of a list's size.
"""

import asyncio
import contextlib
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from hauberk.api.middleware.body import BodyMiddleware
from hauberk.api.middleware.deadline import DeadlineMiddleware
from hauberk.api.middleware.hosts import HostMiddleware
from hauberk.api.middleware.operations import Operations
from hauberk.api.middleware.origin import OriginMiddleware
from hauberk.api.middleware.request import RequestMiddleware
from hauberk.infra.settings import Settings
from hauberk.infra.settings.loading import read_settings
from hauberk.infra.telemetry import configure_logging

NAME = "request-layers"
UNIT = "CPU microseconds a request"
SIZE = 2_000
ROUNDS = 7
LIMITS = {
    "request (ids, headers, counts, access record)": 120.0,
    "host": 15.0,
    "origin": 15.0,
    "deadline": 25.0,
    "body": 15.0,
}
"""What each may cost at most: ours against it is the ratio."""
PATH = "/api/v1/things"
HEADERS = [(b"host", b"127.0.0.1:8000"), (b"authorization", b"Bearer x"), (b"accept", b"application/json")]


def parts(size: int) -> Iterator[tuple[str, list[tuple[float, float, dict[str, object]]]]]:
    settings = read_settings({"HAUBERK_ENVIRONMENT": "production", **_PRODUCTION}, servers=False)
    with contextlib.redirect_stdout(io.StringIO()):
        configure_logging(settings)
        costs = asyncio.run(_measure(settings, size))
    for layer, cost in costs.items():
        yield layer, [(cost, LIMITS[layer], {})]


_PRODUCTION = {
    "HAUBERK_PUBLIC_URL": "https://127.0.0.1:8000",
    "HAUBERK_SECRET_KEYS": f"bench:{'0123456789abcdef' * 4}",
}


async def _measure(settings: Settings, size: int) -> dict[str, float]:
    operations = Operations()
    layers: dict[str, Callable[[ASGIApp], ASGIApp]] = {
        "request (ids, headers, counts, access record)": lambda app: RequestMiddleware(
            app, settings=settings
        ),
        "host": lambda app: HostMiddleware(app, settings=settings),
        "origin": lambda app: OriginMiddleware(app, settings=settings),
        "deadline": lambda app: DeadlineMiddleware(app, operations=operations, limits=settings.http),
        "body": lambda app: BodyMiddleware(app, operations=operations),
    }
    page = b"x" * 900  # below what is compressed

    async def handle(_request: Request) -> Response:
        return Response(page, media_type="application/json")

    bare = Starlette(routes=[Route(PATH, handle)])
    found = {}
    for name, layer in layers.items():
        whole = layer(bare)
        costs = [(await _cost(whole, size), await _cost(bare, size)) for _ in range(ROUNDS)]
        found[name] = max(0.1, min(cost for cost, _ in costs) - min(cost for _, cost in costs))
    return found


async def _cost(app: ASGIApp, times: int) -> float:
    for _ in range(50):
        await app(_scope(), _receive, _send)
    began = time.process_time()
    for _ in range(times):
        await app(_scope(), _receive, _send)
    return (time.process_time() - began) / times * 1_000_000


def _scope() -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "https",
        "path": PATH, "raw_path": PATH.encode(), "query_string": b"", "headers": HEADERS, "root_path": "",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "state": {"address": "127.0.0.1"},
    }  # fmt: skip


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_message: Message) -> None:
    """Nobody reads it."""
