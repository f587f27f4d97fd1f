"""The metrics for Prometheus: of the processes that serve, and of what the database knows of all the others."""

import asyncio

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hauberk.api import recovery_metrics
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import ContextDep
from hauberk.infra import telemetry
from hauberk.infra.crypto import equal
from hauberk.jobs import depth, invariant
from hauberk.kit.errors import NotFound

SECONDS = 5.0
LOOPBACK = ("127.0.0.1", "::1")
VIOLATIONS = Gauge(
    "hauberk_invariant_violations",
    "Things that are not as they must always be; anything but 0 is a bug",
    ["invariant"],
    multiprocess_mode="livemostrecent",
)
LOOKED_AT = Gauge(
    "hauberk_invariants_checked_timestamp_seconds",
    "When the invariants were last looked at, of the organization where that is longest ago",
    multiprocess_mode="livemostrecent",
)

ROWS = Gauge(
    "hauberk_readiness_row",
    "How each row of the checklist answered in the newest report: 0 FAIL, 1 WARN, 2 SKIP, 3 WAIVED, 4 PASS",
    ["row"],
    multiprocess_mode="livemostrecent",
)
REPORTED_AT = Gauge(
    "hauberk_readiness_reported_timestamp_seconds",
    "When the newest readiness report was made",
    multiprocess_mode="livemostrecent",
)
CODES = {"FAIL": 0, "WARN": 1, "SKIP": 2, "WAIVED": 3, "PASS": 4}

_READINESS = text("select finished_at, answers from readiness_report order by id desc limit 1")
_STATE = text("select invariant, violations, looked_at from invariant_state()")

router = APIRouter(tags=["health"])
log = structlog.get_logger(__name__)


@router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request, context: ContextDep) -> Response:
    """With the token of the settings or, where none is set, from this machine only."""
    token = context.settings.metrics.token
    if token is not None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        allowed = equal(given.encode(), token.get_secret_value().encode())
    else:
        allowed = request.state.address in LOOPBACK
    if not allowed:
        raise NotFound("page", "/metrics")
    try:
        await asyncio.wait_for(_ask_database(context), SECONDS)
        await asyncio.wait_for(recovery_metrics.show(context), SECONDS)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("metrics_without_database", error=str(error))
    return Response(generate_latest(telemetry.metrics_registry()), media_type=CONTENT_TYPE_LATEST)


async def _ask_database(context: Context) -> None:
    """What workers and schedulers do shows in their rows, so that none of them has to be asked."""
    async with context.sessions.transaction() as session:
        depth.show((await session.execute(depth.DEPTHS)).all())
        state = (await session.execute(_STATE)).all()
        report = (await session.execute(_READINESS)).one_or_none()
    if report is not None:
        REPORTED_AT.set(report.finished_at.timestamp())
        for row, answer in report.answers.items():
            ROWS.labels(row).set(CODES[answer["result"]])
    found = {row.invariant: row.violations for row in state}
    for each in invariant.registered():
        VIOLATIONS.labels(each.name).set(found.get(each.name, 0))
    for row in state:
        if row.looked_at is not None:
            LOOKED_AT.set(row.looked_at.timestamp())
