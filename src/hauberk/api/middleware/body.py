"""The size of a body: a mebibyte is plenty for JSON; more is refused unread. Uploads count their own bytes."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api.middleware.operations import Operations
from hauberk.api.middleware.request import header
from hauberk.api.problems import problem

MAX_BYTES = 1024 * 1024


class BodyMiddleware:
    """What announces too much is refused at once, what does not announce it is cut off when it comes to that."""

    def __init__(self, app: ASGIApp, *, operations: Operations) -> None:
        self.app = app
        self.operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.operations.transfer(scope) == "upload":
            await self.app(scope, receive, send)
            return
        announced = header(scope, b"content-length")
        if announced.isdecimal() and int(announced) > MAX_BYTES:
            refused = problem(
                413, f"The body is larger than {MAX_BYTES:,} bytes.", path=scope["path"], code="too_large"
            )
            await refused(scope, receive, send)
            return
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > MAX_BYTES:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)
