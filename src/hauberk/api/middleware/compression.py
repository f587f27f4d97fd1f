"""Compressed answers: zstd, brotli or gzip, as the client takes it, except where that would tell a secret."""

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_compress import CompressMiddleware

SMALLEST = 1024
_SECRET = "/api/v1/auth/"  # noqa: S105 - a path


class CompressionMiddleware:
    """An answer that holds a secret beside what its request said must not be compressed: its length would tell how much
    of a guess was right. Secrets are answered by the routes of sign-in, and to writes (a new token, an invitation).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressing = CompressMiddleware(app, minimum_size=SMALLEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_plain = scope["type"] != "http" or (
            scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(_SECRET)
        )
        await (self.app if is_plain else self.compressing)(scope, receive, send)
