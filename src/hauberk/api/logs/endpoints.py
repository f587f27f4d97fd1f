"""The log as it is written, for the operator's administrators: what is new, again and again."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from redis.exceptions import RedisError

from hauberk.features.identity.serving import ContextDep, Schema, refusals
from hauberk.features.readiness.endpoints import OperatorReads
from hauberk.infra.telemetry import recent
from hauberk.kit.errors import Unavailable

router = APIRouter(prefix="/logs", tags=["logs"])

Level = Literal["debug", "info", "warning", "error", "critical"]
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error", "critical")


class LogRecordSchema(Schema):
    """`place` is for asking for what came after it."""

    place: str
    role: str
    at: str
    level: str
    event: str
    logger: str
    fields: dict[str, Any]


class LogSchema(Schema):
    """Oldest first."""

    records: list[LogRecordSchema]


@router.get("", responses=refusals(404))
async def read_log(
    _actor: OperatorReads,
    context: ContextDep,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    after: Annotated[
        str,
        Query(pattern=r"^(\d{1,20}-\d{1,20})?$", description="The place of the last record that is known"),
    ] = "",
    level: Annotated[Level, Query(description="This level and worse ones")] = "debug",
    contains: Annotated[str, Query(max_length=200, description="Anywhere in the record")] = "",
) -> LogSchema:
    """The newest records of all processes on all machines; the last 2,000 are kept."""
    start = f"({after}" if after else "-"
    try:
        found: Any = await context.cache.xrevrange(recent.KEY, "+", start, count=recent.KEPT)
    except (RedisError, OSError) as error:
        raise Unavailable("The cache's server, which keeps the newest records, cannot be reached.") from error
    wanted = [
        record
        for place, kept in found
        if (not contains or contains.lower() in kept["line"].lower())
        and LEVELS.index((record := _record(place, kept)).level) >= LEVELS.index(level)
    ]
    return LogSchema(records=wanted[:limit][::-1])


def _record(place: str, kept: dict[str, str]) -> LogRecordSchema:
    fields: dict[str, Any] = json.loads(kept["line"])
    level = fields.pop("level", "info")
    return LogRecordSchema(
        place=place,
        role=kept["role"],
        at=fields.pop("at", ""),
        level=level if level in LEVELS else "info",
        event=str(fields.pop("event", "")),
        logger=str(fields.pop("logger", "")),
        fields=fields,
    )
