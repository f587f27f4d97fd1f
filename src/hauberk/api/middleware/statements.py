"""Tells the readiness probe how many statements its request took; nobody else asks, and nobody else is told."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api.middleware.request import header
from hauberk.db.statements import Sent, counted
from hauberk.features.readiness import probe_key
from hauberk.infra.settings import Settings

HEADER = probe_key.STATEMENTS


class StatementsMiddleware:
    """Innermost, so that it counts what the route does."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = header(scope, probe_key.HEADER.lower().encode()) if scope["type"] == "http" else ""
        if not given or not probe_key.is_right(self.settings.key_ring, given):
            await self.app(scope, receive, send)
            return
        sent = Sent()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = str(sent.statements)
            await send(message)

        marker = counted.set(sent)
        try:
            await self.app(scope, receive, answer)
        finally:
            counted.reset(marker)
