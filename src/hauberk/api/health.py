"""Health: alive says the process turns, ready says it can serve, the summary says how well."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal

import redis.exceptions
from fastapi import APIRouter, Request, Response
from sqlalchemy import text

import hauberk
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import ContextDep, Schema
from hauberk.kit.errors import StorageFull

SECONDS = 2.0
_NO_FILE = "2000/01/01/" + "0" * 32

router = APIRouter(tags=["health"])


class CheckSchema(Schema):
    state: Literal["ok", "down"]
    detail: str
    latency_ms: float


class HealthSchema(Schema):
    """`down` cannot serve; `degraded` serves without what is listed."""

    state: Literal["ok", "degraded", "down"]
    version: str
    degraded: list[str]
    checks: dict[str, CheckSchema]


async def _database(context: Context) -> str:
    async with context.sessions.engine.connect() as connection:
        await connection.execute(text("select 1"))
    return "answers"


async def _storage(context: Context) -> str:
    free = await asyncio.to_thread(context.storage.free_bytes)
    if free is not None and free < context.settings.storage.min_free:
        raise StorageFull
    await context.storage.exists(_NO_FILE)
    return "answers" if free is None else f"answers, {free // 1024**2:,} MiB free"


async def _cache(context: Context) -> str:
    await context.cache.ping()
    return "answers"


async def _queue(context: Context) -> str:
    await context.queue.ping()
    return "answers"


_Probe = Callable[[Context], Awaitable[str]]
_NEEDED: dict[str, _Probe] = {"database": _database, "storage": _storage}
_HELPFUL: dict[str, _Probe] = {"cache": _cache, "queue": _queue}


async def _check(probe: _Probe, context: Context) -> CheckSchema:
    started_at = time.perf_counter()
    try:
        detail, state = await asyncio.wait_for(probe(context), SECONDS), "ok"
    except TimeoutError:
        detail, state = f"no answer in {SECONDS:g} seconds", "down"
    except StorageFull:
        detail, state = "nearly full", "down"
    except (OSError, redis.exceptions.RedisError):
        detail, state = "cannot be reached", "down"
    except Exception as error:  # noqa: BLE001 - a driver's own error is an answer too; its text may hold addresses
        detail, state = f"fails ({type(error).__name__})", "down"
    milliseconds = round((time.perf_counter() - started_at) * 1000, 1)
    return CheckSchema.model_validate({"state": state, "detail": detail, "latency_ms": milliseconds})


async def look(context: Context) -> HealthSchema:
    """All checks at once, each with its own time-out."""
    probes = {**_NEEDED, **_HELPFUL}
    found = await asyncio.gather(*(_check(probe, context) for probe in probes.values()))
    checks = dict(zip(probes, found, strict=True))
    missing = [name for name, check in checks.items() if check.state == "down"]
    state: Literal["ok", "degraded", "down"] = "degraded" if missing else "ok"
    if any(name in _NEEDED for name in missing):
        state = "down"
    return HealthSchema(state=state, version=hauberk.__version__, degraded=missing, checks=checks)


@router.get("/health")
async def read_health(context: ContextDep, response: Response) -> HealthSchema:
    """The summary: 503 when it cannot serve, 200 with `degraded` when it serves without something."""
    health = await look(context)
    response.status_code = 503 if health.state == "down" else 200
    return health


@router.get("/health/live")
async def read_liveness() -> dict[str, str]:
    """The process turns; nothing else is looked at, so that no outage elsewhere restarts it."""
    return {"state": "ok"}


@router.get("/health/ready")
async def read_readiness(request: Request, context: ContextDep, response: Response) -> HealthSchema:
    """Whether to send requests here: not while draining, nor without database or storage."""
    health = await look(context)
    if getattr(request.app.state, "is_draining", False):
        health = health.model_copy(update={"state": "down", "degraded": [*health.degraded, "draining"]})
    response.status_code = 503 if health.state == "down" else 200
    return health
