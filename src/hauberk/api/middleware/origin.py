"""Requests of other sites: a browser tells where a request comes from, and what is not from our own pages is refused.

Writes are refused whatever they are. Reads of data too: another site has no business to load them as a picture, script or
frame, with the visitor's cookie or without. Only pages may be opened from anywhere, because people follow links.
"""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from hauberk.api.middleware.hosts import LOOPBACK, host_name
from hauberk.api.middleware.request import header
from hauberk.api.problems import problem
from hauberk.infra.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DATA = "/api/"
_PAGES = "/api/v1/docs"
_OURS = frozenset({"", "same-origin", "none"})


class OriginMiddleware:
    """A request with a bearer token is none of a browser's own doing and passes; there is no other way out."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.origins = {settings.base_url, *settings.cors.origins}
        self.is_local = host_name(urlsplit(settings.base_url).netloc) in LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_ours(scope):
            await self.app(scope, receive, send)
            return
        refused = problem(
            403,
            "This request came from another site. If you did not mean it, somebody else did.",
            path=scope["path"],
            code="cross_site",
            headers={"Vary": "Origin, Sec-Fetch-Site"},
        )
        await refused(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        is_read = scope["method"] in SAFE_METHODS
        if is_read and (not scope["path"].startswith(_DATA) or scope["path"].startswith(_PAGES)):
            return True
        if header(scope, b"authorization"):
            return True
        origin, site = header(scope, b"origin"), header(scope, b"sec-fetch-site")
        if origin == "null" and site == "same-origin":
            return True  # what a browser sends of itself (a report) has no origin under `Referrer-Policy: no-referrer`
        if origin:
            return self._is_known(scope, origin) or (is_read and site in _OURS)
        # A write that nobody's page made (`none`) does not exist in a browser.
        return site in _OURS if is_read else site in ("", "same-origin")

    def _is_known(self, scope: Scope, origin: str) -> bool:
        return origin in self.origins or (
            self.is_local and origin == f"{scope['scheme']}://{header(scope, b'host')}"
        )
