"""While draining every answer ends its connection, so that whoever keeps connections open opens the next one elsewhere."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class DrainingMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["http_version"].startswith("1"):
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            # looked at when the answer begins: the request may be older than the signal
            if message["type"] == "http.response.start" and scope["app"].state.context.draining.has_begun:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, answer)
