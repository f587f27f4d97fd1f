"""Time limits: 30 seconds from a request to its answer. Uploads and streams, which take as long as their bytes, have a limit
on standing still instead, and one on all of it.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import nullcontext
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api.middleware.operations import Operations
from hauberk.api.problems import problem
from hauberk.infra.deadline import deadline
from hauberk.infra.settings.sections import Http

Given = TypeVar("Given")


class DeadlineMiddleware:
    """Cancelling the endpoint also cancels its running statement and rolls its transaction back."""

    def __init__(self, app: ASGIApp, *, operations: Operations, limits: Http) -> None:
        self.app = app
        self.operations = operations
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kind = self.operations.transfer(scope)
        await _Exchange(self, kind, receive, send).run(scope)


class _Exchange:
    """One request, its limit moving with what is going on."""

    def __init__(
        self, middleware: DeadlineMiddleware, kind: str | None, receive: Receive, send: Send
    ) -> None:
        self.app, self.limits = middleware.app, middleware.limits
        self.kind = kind
        self._receive, self._send = receive, send
        self._is_awaiting = self._is_received = False
        self._is_started = self._is_events = self._has_stalled = False

    async def run(self, scope: Scope) -> None:
        seconds = self.limits.request_seconds if self.kind is None else self.limits.transfer_seconds
        try:
            async with asyncio.timeout(seconds) as self._limit:
                # A wait for a database connection ends with the request; an upload's begins when its bytes are here.
                with deadline(self.limits.request_seconds) if self.kind is None else nullcontext():
                    await self.app(scope, self.receive, self.send)
        except TimeoutError:
            if not (self._limit.expired() or self._has_stalled):
                raise
            await self._give_up(scope)

    async def receive(self) -> Message:
        if self._is_received:
            return await self._receive()
        self._is_awaiting = True
        step = self._receive()
        message = await (self._unless_idle(step) if self.kind == "upload" else step)
        self._is_awaiting = False
        if not message.get("more_body"):
            self._is_received = True
            if self.kind == "upload":
                # The bytes are here: what is left is a request like any other.
                now = asyncio.get_running_loop().time()
                self._limit.reschedule(min(self._limit.when() or now, now + self.limits.request_seconds))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._is_started = True
            kind = Headers(raw=message.get("headers", [])).get("content-type", "")
            self._is_events = kind.startswith("text/event-stream")
        if self.kind == "stream":
            await self._unless_idle(self._send(message))
        else:
            await self._send(message)

    async def _unless_idle(self, step: Awaitable[Given]) -> Given:
        try:
            async with asyncio.timeout(self.limits.idle_seconds) as limit:
                return await step
        except TimeoutError:
            self._has_stalled = self._has_stalled or limit.expired()
            raise

    async def _give_up(self, scope: Scope) -> None:
        if self._is_started:
            # A stream of events ends in good order, and its page asks again. Of a file the connection breaks, which
            # tells that it is not whole.
            if self._is_events and not self._has_stalled:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        if self._is_awaiting:
            status, code = 408, "too_slow"
            detail = f"Nothing came for {self.limits.idle_seconds:g} seconds, or all of it took too long."
        else:
            status, code = 504, "timeout"
            detail = f"This took longer than {self.limits.request_seconds:g} seconds and was given up; nothing was changed."
        await problem(status, detail, path=scope["path"], code=code)(scope, self._receive, self._send)
