"""The uptime monitor from outside: that it came is remembered, because only then somebody would hear of an outage."""

import ipaddress
import time
from typing import Final

import structlog
from fastapi import Request
from redis.exceptions import RedisError

from hauberk.features.identity.context import Context
from hauberk.features.readiness.checks.monitor import KEY
from hauberk.infra.crypto import equal

HEADER: Final = "X-Monitor-Token"
KEPT_SECONDS: Final = 30 * 86_400
_log = structlog.get_logger(__name__)


async def note(request: Request) -> None:
    """When the request has the monitor's token and comes from somewhere else in the world."""
    context: Context = request.app.state.context
    token = context.settings.readiness.monitor_token
    given = request.headers.get(HEADER) or request.query_params.get("token", "")
    if token is None or not equal(given.encode(), token.get_secret_value().encode()):
        return
    address = request.state.address
    if is_outside(address):
        try:
            await context.cache.set(KEY, f"{time.time():.0f} {address}", ex=KEPT_SECONDS)
        except RedisError as error:
            _log.warning("monitor_not_noted", error=type(error).__name__)


def is_outside(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
