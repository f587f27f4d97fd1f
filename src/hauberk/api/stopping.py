"""Stopping without a lost request: on SIGTERM readiness turns red at once, and the server goes on for a notice period.

Balancers learn meanwhile to send nothing new here; then the web server stops accepting and finishes what it has. Granian
keeps its signal handlers out of reach, so its parent tells its workers by SIGUSR2 first (`infra.web_server`); the
handlers of Uvicorn, alone and under Gunicorn, are wrapped here, so that it works however they were started.
"""

import asyncio
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import structlog

from hauberk.features.identity.context import Context

log = structlog.get_logger(__name__)

Handler = Callable[[int, FrameType | None], Any]


@asynccontextmanager
async def heard(context: Context) -> AsyncIterator[None]:
    """While the context lasts, being told to stop begins the draining."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        yield  # signals are heard elsewhere
        return
    loop = asyncio.get_running_loop()

    def begin() -> None:
        if not context.draining.has_begun:
            log.info("draining", notice_seconds=context.settings.notice_seconds)
        context.draining.begin()

    loop.add_signal_handler(signal.SIGUSR2, begin)
    server = _handler_of_uvicorn()
    if server is not None:
        signal.signal(signal.SIGTERM, _with_notice(server, begin, loop, context.settings.notice_seconds))
    try:
        yield
    finally:
        begin()
        loop.remove_signal_handler(signal.SIGUSR2)


def _handler_of_uvicorn() -> Handler | None:
    handler = signal.getsignal(signal.SIGTERM)
    module = type(getattr(handler, "__self__", None)).__module__
    return handler if callable(handler) and module == "uvicorn.server" else None


def _with_notice(
    stop: Handler, begin: Callable[[], None], loop: asyncio.AbstractEventLoop, seconds: float
) -> Handler:
    """A second signal stops at once."""
    asked = 0

    def asked_to_stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        loop.call_soon_threadsafe(begin)
        if asked > 1:
            stop(number, frame)
        else:
            loop.call_soon_threadsafe(loop.call_later, seconds, stop, number, None)

    return asked_to_stop
