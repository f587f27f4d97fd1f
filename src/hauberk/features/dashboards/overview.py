"""The overview put together: what follows from the counts is kept by their version, the newest scans are always fresh."""

from datetime import timedelta
from typing import Any

import orjson

from hauberk.db.repository import DbSession, PageRequest
from hauberk.domain.permissions import Actor
from hauberk.features.assets.presenting import asset_schema
from hauberk.features.assets.repository import AssetRepository
from hauberk.features.assets.schemas import BySeverity
from hauberk.features.dashboards.cache import kept
from hauberk.features.dashboards.repository import DashboardRepository, Day
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.findings.shape import encode, instant, shape
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import Ids
from hauberk.features.scans.presenting import scan_schema
from hauberk.kit import clock

CHANGE_DAYS = 7
SHOWN = 5
UNSCANNED_AFTER = timedelta(days=30)


async def overview(session: DbSession, context: Context, actor: Actor, *, days: int) -> bytes:
    """The answer's JSON."""
    repository = DashboardRepository(session)
    ids = Ids(context.public_ids)

    async def compute() -> str:
        return encode(await _computed(session, context, actor, days=days)).decode()

    version = await repository.version(actor)
    today = clock.now().date()
    key = f"hauberk:dashboard:{actor.organization_id}:{today}:{days}:{version}"
    answer: dict[str, Any] = orjson.loads(await kept(context.cache, key, compute))
    scans = await repository.newest_scans(actor, SHOWN)
    answer["newest_scans"] = [scan_schema(scan, ids).model_dump(mode="json") for scan in scans]
    return encode(answer)


async def _computed(session: DbSession, context: Context, actor: Actor, *, days: int) -> dict[str, Any]:
    repository = DashboardRepository(session)
    findings = FindingRepository(session, context.public_ids)
    ids = Ids(context.public_ids)
    now = clock.now()
    open_now = await repository.open_by_severity(actor)
    trend = await repository.trend(actor, today=now.date(), days=max(days, CHANGE_DAYS))
    oldest = await findings.page(
        actor, "severity:critical is:open", PageRequest(sort="first_seen_at", limit=SHOWN)
    )
    unscanned = await AssetRepository(session).never_or_long_not_scanned(actor, now - UNSCANNED_AFTER, SHOWN)
    week = trend[-CHANGE_DAYS:]
    return {
        "open": {"total": sum(open_now.values()), "by_severity": BySeverity.of(open_now).model_dump()},
        "change": {
            "days": CHANGE_DAYS,
            "new": sum(day.new for day in week),
            "closed": sum(day.closed for day in week),
        },
        "trend": [_day(day) for day in trend[-days:]],
        "oldest_criticals": [shape(row, ids) for row in oldest.items],
        "overdue": await findings.count(actor, "is:overdue"),
        "unscanned_assets": [
            asset_schema(each, ids, context.settings.retention.ref_days).model_dump(mode="json")
            for each in unscanned
        ],
        "computed_at": instant(now),
    }


def _day(day: Day) -> dict[str, Any]:
    return {
        "on": day.on.isoformat(),
        "by_severity": BySeverity.of(day.by_severity).model_dump(),
        "new": day.new,
        "closed": day.closed,
    }
