"""The time limit of a request: 30 seconds to its answer, then it is cut and told so. Uploads and streams have their own."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api.middleware.transfers import Transfers
from hauberk.api.problems import problem
from hauberk.infra.deadline import deadline

SECONDS = 30.0


class DeadlineMiddleware:
    """Cancelling the endpoint also cancels its running statement and rolls its transaction back."""

    def __init__(self, app: ASGIApp, *, transfers: Transfers, seconds: float = SECONDS) -> None:
        self.app = app
        self.transfers = transfers
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.transfers.kind_of(scope) is not None:
            scope["state"]["is_transfer"] = True
            await self.app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self.seconds) as limit:
                with deadline(self.seconds):
                    await self.app(scope, receive, noted)
        except TimeoutError:
            if started or not limit.expired():
                raise
            cut = problem(
                504,
                f"This took longer than {self.seconds:g} seconds and was given up; nothing was changed.",
                path=scope["path"],
                code="timeout",
            )
            await cut(scope, receive, send)
