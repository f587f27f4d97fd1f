"""Presence: each serving process says every few seconds that it lives and how it is, by which readiness sees them all."""

import asyncio
import json
import os
import platform
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hauberk.api.watchdog import Loop
from hauberk.db.pool import figures, sample
from hauberk.features.identity.context import Context
from hauberk.infra.debugging import debug_flags
from hauberk.infra.readiness import in_force
from hauberk.infra.readiness.processes import TOLD_SECONDS
from hauberk.infra.tally import TALLY

EVERY_SECONDS = TOLD_SECONDS
SECONDS = 3.0
ROLE = "api"

_REPORT = text("select report_process(:name, :role, cast(:detail as jsonb))")
_FORGET = text("select forget_process(:name)")

log = structlog.get_logger(__name__)


@asynccontextmanager
async def told(context: Context, loop: Loop) -> AsyncIterator[None]:
    name = f"{ROLE}@{platform.node()}:{os.getpid()}:{secrets.token_hex(3)}"
    await _tell(context, loop, name)
    task = asyncio.create_task(_tell_again_and_again(context, loop, name))
    try:
        yield
    finally:
        task.cancel()
        await _execute(context, _FORGET, {"name": name})


async def _tell_again_and_again(context: Context, loop: Loop, name: str) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await _tell(context, loop, name)


async def _tell(context: Context, loop: Loop, name: str) -> None:
    sample()
    detail = json.dumps(_state(context, loop))
    await _execute(context, _REPORT, {"name": name, "role": ROLE, "detail": detail})


def _state(context: Context, loop: Loop) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "port": context.settings.port,
        "clock": time.time(),
        "debugs": debug_flags(context.settings),
        in_force.DETAIL: in_force.told(context.settings, ROLE),
        "database_pool": figures(context.sessions.engine),
        "event_loop": loop.figures(),
        "requests": TALLY.told(),
    }


async def _execute(context: Context, statement: Any, values: dict[str, Any]) -> None:
    """Best effort, on health's own connection: a database that is away is noticed elsewhere."""
    try:
        async with asyncio.timeout(SECONDS), context.surroundings.engine.connect() as connection:
            await connection.execute(statement, values)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.debug("presence_not_told", error=type(error).__name__)
