"""Writes from a browser come from our own pages: what another site sends, with whatever cookie, is refused."""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from hauberk.api.middleware.hosts import LOOPBACK, host_name
from hauberk.api.middleware.request import header
from hauberk.api.problems import problem
from hauberk.infra.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class OriginMiddleware:
    """A request with a bearer token is none of a browser's own doing and passes; there is no other way out."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.origins = {settings.base_url, *settings.cors.origins}
        self.is_local = host_name(urlsplit(settings.base_url).netloc) in LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or self._is_ours(scope):
            await self.app(scope, receive, send)
            return
        refused = problem(
            403,
            "This request came from another site. If you did not mean it, somebody else did.",
            path=scope["path"],
            code="cross_site",
        )
        await refused(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        if header(scope, b"authorization"):
            return True
        origin = header(scope, b"origin")
        if origin:
            return origin in self.origins or (
                self.is_local and origin == f"{scope['scheme']}://{header(scope, b'host')}"
            )
        return header(scope, b"sec-fetch-site") in ("", "same-origin", "none")
