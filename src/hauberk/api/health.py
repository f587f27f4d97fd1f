"""Health: alive says the process turns, ready says it can serve, the summary says how well."""

import asyncio
import time
from typing import Literal

from fastapi import APIRouter, Request, Response

import hauberk
import hauberk.features.feeds.health  # registers feeds
import hauberk.infra.health_of_servers  # registers what every installation has
from hauberk.api import monitor
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import Schema
from hauberk.infra.health import Seen, look_at_all

KEPT_SECONDS = 1.0
STALE_SECONDS = 4.0
PATIENCE_SECONDS = 0.5
DRAINING = "draining"

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


class Looks:
    """Of the balancers and monitors that ask at the same time, one look is enough.

    While it takes long, what was seen a moment ago is the answer: who asks has a time limit too.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looking: asyncio.Task[None] | None = None
        self._seen: list[Seen] = []
        self._seen_at = float("-inf")

    async def health(self) -> HealthSchema:
        return _summed(await self._look(), is_draining=self._context.draining.has_begun)

    async def _look(self) -> list[Seen]:
        age = time.monotonic() - self._seen_at
        if age > KEPT_SECONDS:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._renew())
            await asyncio.wait({self._looking}, timeout=PATIENCE_SECONDS if age < STALE_SECONDS else None)
        return self._seen

    async def _renew(self) -> None:
        self._seen = await look_at_all(self._context.surroundings)
        self._seen_at = time.monotonic()


def _summed(seen: list[Seen], *, is_draining: bool) -> HealthSchema:
    """A process that is being stopped is down for whoever sends it requests."""
    missing = [each.name for each in seen if each.state == "down"]
    state: Literal["ok", "degraded", "down"] = "degraded" if missing else "ok"
    if is_draining:
        missing.append(DRAINING)
        state = "down"
    if any(each.is_needed and each.state == "down" for each in seen):
        state = "down"
    checks = {
        each.name: CheckSchema.model_validate(
            {"state": each.state, "detail": each.detail, "latency_ms": each.milliseconds}
        )
        for each in seen
    }
    return HealthSchema(state=state, version=hauberk.__version__, degraded=missing, checks=checks)


@router.get("/health")
async def read_health(request: Request, response: Response) -> HealthSchema:
    """The summary: 503 when it cannot serve, 200 with `degraded` when it serves without something."""
    await monitor.note(request)
    looks: Looks = request.app.state.looks
    health = await looks.health()
    response.status_code = 503 if health.state == "down" else 200
    return health


@router.get("/health/live")
async def read_liveness() -> dict[str, str]:
    """The process turns; nothing else is looked at, so that no outage elsewhere restarts it."""
    return {"state": "ok"}


@router.get("/health/ready")
async def read_readiness(request: Request, response: Response) -> HealthSchema:
    """Whether to send requests here: not while draining, nor without database or storage."""
    return await read_health(request, response)
