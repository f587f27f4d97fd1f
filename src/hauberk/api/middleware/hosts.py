"""Which names this server answers to, and HTTPS: another name is refused, plain HTTP is sent to the public address."""

from urllib.parse import urlsplit

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from hauberk.api.middleware.request import header
from hauberk.api.problems import problem
from hauberk.infra.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PROBES = ("/health", "/metrics")


def host_name(authority: str) -> str:
    """`[::1]:8000` is `::1`."""
    return (urlsplit(f"//{authority}").hostname or "").lower()


class HostMiddleware:
    """Probes are let through: a load balancer asks by address and over plain HTTP."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.base_url = settings.base_url
        self.is_https = settings.is_https
        public = host_name(urlsplit(settings.base_url).netloc)
        self.names = LOOPBACK | {public} if public in LOOPBACK or not settings.is_https else {public}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PROBES):
            await self.app(scope, receive, send)
            return
        try:
            name = host_name(header(scope, b"host"))
        except ValueError:
            name = ""
        if self.is_https and scope["scheme"] != "https":
            await self._to_https(scope, receive, send)
        elif name not in self.names:
            refused = problem(
                421,
                "This server does not answer to that name; HAUBERK_PUBLIC_URL is the address that it has.",
                path=scope["path"],
                code="unknown_host",
            )
            await refused(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _to_https(self, scope: Scope, receive: Receive, send: Send) -> None:
        if header(scope, b"x-forwarded-proto").lower() == "https":
            refused = problem(
                421,
                "The proxy in front is not trusted: HAUBERK_HTTP_TRUSTED_PROXIES must name its address.",
                path=scope["path"],
                code="untrusted_proxy",
            )
            await refused(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        target = self.base_url + scope["path"] + (f"?{query}" if query else "")
        await RedirectResponse(target, status_code=308)(scope, receive, send)
