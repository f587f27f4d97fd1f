"""Around every request: its id, where it comes from, security headers, the access log, metrics, and the last resort."""

import ipaddress
import re
import secrets
import time
from collections.abc import Sequence
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hauberk.api import counting
from hauberk.api.middleware.head import too_large
from hauberk.api.problems import failure
from hauberk.api.route import template
from hauberk.infra import telemetry
from hauberk.infra.security_headers import SecurityHeaders
from hauberk.infra.settings import Settings
from hauberk.infra.tally import TALLY
from hauberk.infra.telemetry import correlation, tracing

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_log = structlog.get_logger("hauberk.access")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def header(scope: Scope, name: bytes) -> str:
    """The value of a header, empty when it is not there; of several the last, which the nearest hop wrote."""
    found = ""
    for key, value in scope["headers"]:
        if key == name:
            found = value.decode("latin-1")
    return found


class RequestMiddleware:
    """Outermost: whatever happens inside, an answer leaves with its headers and is logged once."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.headers = SecurityHeaders(is_https=settings.is_https, asset_url=settings.asset_url)
        self.proxies = [ipaddress.ip_network(each, strict=False) for each in settings.http.trusted_proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
        state = scope.setdefault("state", {})
        state["address"], scope["scheme"] = self._origin(scope)
        marker = telemetry.request_id.set(request_id)
        caller = header(scope, b"traceparent")
        trace = correlation.continued(caller, request_id)
        trace_marker = correlation.traceparent.set(trace)
        started_at = time.perf_counter()
        status = 500
        started = False

        async def answer(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                headers = self.headers.added(message.get("headers", ()), path=scope["path"])
                headers.append((b"x-request-id", request_id.encode()))
                message["headers"] = headers
            await send(message)

        counting.IN_FLIGHT.inc()
        try:
            refused = too_large(scope)
            if refused is not None:
                await refused(scope, receive, answer)
            elif tracing.is_on():
                await self._traced(scope, receive, answer, trace if trace == caller else None)
            else:
                await self.app(scope, receive, answer)
        except Exception as error:
            response = failure(scope["path"], error)
            if started:
                raise
            await response(scope, receive, answer)
        finally:
            counting.IN_FLIGHT.dec()
            correlation.traceparent.set(state.get("traceparent", trace))
            self._note(scope, status, request_id, time.perf_counter() - started_at)
            telemetry.request_id.reset(marker)
            correlation.traceparent.reset(trace_marker)

    async def _traced(self, scope: Scope, receive: Receive, send: Send, parent: str | None) -> None:
        """The span of a request, continued from the browser's or another program's; it ends with the last byte."""
        request_id = telemetry.request_id.get() or ""
        attributes = {"http.request.method": scope["method"], "hauberk.request_id": request_id}
        with tracing.span(scope["method"], "server", attributes, parent=parent) as span:
            scope["state"]["traceparent"] = correlation.traceparent.get()

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start" and span is not None:
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self.app(scope, receive, noted)
            finally:
                route = template(scope)
                if span is not None:
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attribute("http.route", route)

    def _origin(self, scope: Scope) -> tuple[str, str]:
        """Address and scheme as the nearest trusted proxy saw them; without one, as they are."""
        peer = (scope.get("client") or ("unknown", 0))[0]
        if not _is_in(peer, self.proxies):
            return peer, scope["scheme"]
        scheme = header(scope, b"x-forwarded-proto").lower()
        address = peer
        for hop in reversed(header(scope, b"x-forwarded-for").split(",")):
            if not (hop := hop.strip()):
                break
            address = hop
            if not _is_in(hop, self.proxies):
                break
        return address, scheme if scheme in ("http", "https") else scope["scheme"]

    def _note(self, scope: Scope, status: int, request_id: str, seconds: float) -> None:
        route = template(scope)
        counting.answered(route, scope["method"], status, seconds)
        TALLY.note(route, status, seconds, is_timed=scope["state"].get("transfer") is None)
        if route.startswith(("/health", "/metrics")) and status < 400:
            return
        actor: Any = scope["state"].get("actor")
        _log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            path=scope["path"],
            route=route,
            code=status,
            duration_ms=round(seconds * 1000, 1),
            address=scope["state"]["address"],
            user_id=actor.user_id if actor else None,
            token_id=actor.token_id if actor else None,
            organization_id=actor.organization_id if actor else None,
        )


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    if not networks:
        return False
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
