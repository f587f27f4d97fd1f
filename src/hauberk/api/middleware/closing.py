"""Answers that say that they end their connection, so that nobody sends the next request on it.

While draining all do: whoever keeps connections open opens the next one elsewhere. And so does an answer that came before
the request was read (refused without being looked at, or given up): the server closes the connection then, for the rest
of the body would be taken for the next request, and who was not told would lose that one.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ClosingMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["http_version"].startswith("1"):
            await self.app(scope, receive, send)
            return
        is_unread = _has_body(Headers(scope=scope))

        async def read() -> Message:
            nonlocal is_unread
            message = await receive()
            is_unread = is_unread and message.get("more_body", False)
            return message

        async def answer(message: Message) -> None:
            # looked at when the answer begins: the request may be older than the signal
            if message["type"] == "http.response.start" and (
                is_unread or scope["app"].state.context.draining.has_begun
            ):
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, read, answer)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
