"""One caller of the product in this process: an application on a filled database, and requests without a network."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.dataset.server import Database
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import ASGIApp, Message

from hauberk.api.app import create_app
from hauberk.db.session import enter_organization
from hauberk.domain.permissions import Actor, Role, granted
from hauberk.features.identity import service
from hauberk.features.identity.context import Context

HOST = (b"host", b"127.0.0.1:8000")
BIGGEST = 1
"""The organization that has a fifth of all findings."""


@dataclass(frozen=True)
class Asking:
    app: FastAPI
    context: Context
    actor: Actor
    headers: list[tuple[bytes, bytes]]


@asynccontextmanager
async def asking(database: Database) -> AsyncIterator[Asking]:
    """A person of the biggest organization, with a token; nothing is limited, and nothing written to the access log."""
    settings = database.settings
    limits = settings.rate_limit.model_copy(update={"default": "100000000/minute"})
    # One connection: its backend is the one to measure.
    pool = settings.database.model_copy(update={"pool_min": 1, "pool_size": 1, "max_overflow": 0})
    log = settings.log.model_copy(update={"level": "error"})
    app = create_app(settings.model_copy(update={"rate_limit": limits, "database": pool, "log": log}))
    async with app.router.lifespan_context(app):
        context: Context = app.state.context
        async with context.sessions.transaction() as session:
            await enter_organization(session, BIGGEST)
            person = await session.scalar(text("select min(user_id) from membership"))
            actor = Actor(BIGGEST, person, None, Role.ADMIN, granted(Role.ADMIN), "bench")
            token = await service.create_token(session, actor, name=secrets.token_hex(6), scopes=["*"])
        yield Asking(app, context, actor, [HOST, (b"authorization", b"Bearer " + token.text.encode())])


async def backend_of(context: Context) -> int:
    async with context.sessions.transaction() as session:
        return int(await session.scalar(text("select pg_backend_pid()")) or 0)


def request(
    app: ASGIApp, path: str, headers: list[tuple[bytes, bytes]], **query: str | int
) -> Callable[[], Awaitable[bytes]]:
    """An act that sends the request and gives the answer's body; anything but 200 is an error."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(query).encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "root_path": "",
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def act() -> bytes:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        await app(dict(scope, state={}), receive, send)
        body = b"".join(message.get("body", b"") for message in sent)
        assert sent[0]["status"] == 200, body
        return body

    return act
