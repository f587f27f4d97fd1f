"""The metrics for Prometheus: what all processes of this machine counted, and what servers and tables know."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from hauberk.api import counting
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import ContextDep
from hauberk.infra import metrics_token
from hauberk.infra.crypto import equal
from hauberk.infra.metrics import exposing
from hauberk.infra.metrics.observing import Observatory
from hauberk.infra.readiness import Installation
from hauberk.kit.errors import NotFound

LOOPBACK: Final = ("127.0.0.1", "::1")
MAX_HEAD_BYTES: Final = 16_384
HEAD_SECONDS: Final = 5.0

router = APIRouter(tags=["health"])
log = structlog.get_logger(__name__)


@router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request, context: ContextDep) -> Response:
    """With the token of the settings or, where none is set and nobody else can reach it, from this machine."""
    token = context.settings.metrics.token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    is_ours = bool(given) and metrics_token.is_right(context.key_ring, given)
    if is_ours:
        allowed = True
    elif token is not None:
        allowed = equal(given.encode(), token.get_secret_value().encode())
    else:
        # Whoever comes through a proxy on this machine comes from this machine.
        allowed = not context.settings.environment.is_exposed and request.state.address in LOOPBACK
    if not allowed:
        raise NotFound("page", "/metrics")
    text = await _text(request.app.state.observatory, is_fresh=is_ours)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@asynccontextmanager
async def exposed(app: FastAPI, context: Context) -> AsyncIterator[None]:
    """What looks are made with; and a port for Prometheus alone, shared by all API processes, where one is set."""
    observatory = Observatory(
        Installation(context.settings, context.sessions.engine, cache=context.cache, queue=context.queue)
    )
    app.state.observatory = observatory
    database = context.settings.database
    counting.LIMIT.set(database.pool_size + database.max_overflow)
    server = await _listen(observatory, context.settings.host, context.settings.metrics.port)
    try:
        yield
    finally:
        if server is not None:
            server.close()
        await observatory.close()


async def _text(observatory: Observatory, *, is_fresh: bool = False) -> bytes:
    looked_up = await observatory.metrics(is_fresh=is_fresh)
    return await asyncio.to_thread(exposing.render, looked_up)


async def _listen(observatory: Observatory, host: str, port: int | None) -> asyncio.Server | None:
    """Each process accepts, the system chooses one; whichever it is shows what all have counted."""
    if port is None:
        return None

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            is_found = head.startswith(b"GET /metrics")
            body = await _text(observatory) if is_found else b""
            line = "200 OK" if is_found else "404 Not Found"
            writer.write(
                f"HTTP/1.1 {line}\r\nContent-Type: {CONTENT_TYPE_LATEST}\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            log.debug("scrape_broke_off", error=type(error).__name__)
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port, reuse_port=True, limit=MAX_HEAD_BYTES)
