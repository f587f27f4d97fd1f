"""Cross-origin calls: only from the origins of the settings, by their exact names; everybody else's preflight is refused."""

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api.middleware.request import header
from hauberk.api.problems import problem
from hauberk.infra.settings import Settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TAKEN = (
    "Authorization",
    "Content-Type",
    "X-CSRF-Token",
    "Idempotency-Key",
    "X-Request-ID",
    "Tus-Resumable",
    "Upload-Length",
    "Upload-Offset",
    "Upload-Metadata",
    "Upload-Concat",
    "Upload-Checksum",
)
EXPOSED = (
    "X-Request-ID",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "RateLimit-Policy",
    "Retry-After",
    "ETag",
    "Location",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Offset",
    "Upload-Length",
    "Upload-Expires",
)
KEPT_SECONDS = 600
_TAKEN = frozenset(name.lower() for name in TAKEN)


class CorsMiddleware:
    """There is no wildcard and no pattern: an origin is on the list or it is foreign."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.origins = frozenset(settings.cors.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        origin = header(scope, b"origin")
        if origin and scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method"):
            await self._preflight(scope, origin)(scope, receive, send)
        elif self.origins:
            await self.app(scope, receive, self._allowing(origin, send))
        else:
            await self.app(scope, receive, send)

    def _allowing(self, origin: str, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if origin in self.origins:
                    headers.update(
                        {
                            "Access-Control-Allow-Origin": origin,
                            "Access-Control-Allow-Credentials": "true",
                            "Access-Control-Expose-Headers": ", ".join(EXPOSED),
                        }
                    )
            await send(message)

        return answer

    def _preflight(self, scope: Scope, origin: str) -> Response:
        vary = {"Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}
        if origin not in self.origins:
            detail = "Pages of this origin may not call the API; HAUBERK_CORS_ORIGINS lists those that may."
            return problem(403, detail, path=scope["path"], code="cross_origin", headers=vary)
        asked = header(scope, b"access-control-request-headers").lower().split(",")
        unknown = {name.strip() for name in asked} - _TAKEN - {"", "accept", "accept-language"}
        if unknown or header(scope, b"access-control-request-method") not in METHODS:
            detail = f"A cross-origin call may use {', '.join(METHODS)}, and of headers {', '.join(TAKEN)}."
            return problem(403, detail, path=scope["path"], code="cross_origin", headers=vary)
        allowed = {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Methods": ", ".join(METHODS),
            "Access-Control-Allow-Headers": ", ".join(TAKEN),
            "Access-Control-Max-Age": str(KEPT_SECONDS),
        }
        return Response(status_code=204, headers=vary | allowed)
