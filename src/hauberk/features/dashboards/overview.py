"""The overview put together: what follows from the counts is kept by their version, the newest scans are always fresh."""

from datetime import date, timedelta
from typing import Any

import orjson

from hauberk.db.repository import DbSession, PageRequest
from hauberk.domain.permissions import Actor
from hauberk.features.assets.presenting import asset_schema
from hauberk.features.assets.repository import AssetRepository
from hauberk.features.assets.schemas import BySeverity
from hauberk.features.dashboards.cache import kept
from hauberk.features.dashboards.repository import DashboardRepository, Day
from hauberk.features.findings.past import instant_of, repository_at
from hauberk.features.findings.shape import encode, instant, shape
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import Ids
from hauberk.features.scans.presenting import scan_schema
from hauberk.kit import clock

CHANGE_DAYS = 7
SHOWN = 5
UNSCANNED_AFTER = timedelta(days=30)


async def overview(
    session: DbSession, context: Context, actor: Actor, *, days: int, as_of: date | None = None
) -> bytes:
    """The answer's JSON. `as_of`: at the end of that day."""
    today = clock.now().date()
    spelled = None if as_of is None or as_of == today else as_of.isoformat()
    at = None if spelled is None else instant_of(spelled)
    repository = DashboardRepository(session)
    ids = Ids(context.public_ids)

    async def compute() -> str:
        return encode(await _computed(session, context, actor, days=days, as_of=spelled)).decode()

    version = await repository.version(actor)
    key = f"hauberk:dashboard:{actor.organization_id}:{today}:{spelled or 'now'}:{days}:{version}"
    answer: dict[str, Any] = orjson.loads(await kept(context.cache, key, compute))
    scans = await repository.newest_scans(actor, SHOWN, at)
    answer["newest_scans"] = [scan_schema(scan, ids).model_dump(mode="json") for scan in scans]
    return encode(answer)


async def _computed(
    session: DbSession, context: Context, actor: Actor, *, days: int, as_of: str | None
) -> dict[str, Any]:
    repository = DashboardRepository(session)
    findings = repository_at(session, context.public_ids, as_of)
    ids = Ids(context.public_ids)
    now = clock.now()
    until = now.date() if as_of is None else date.fromisoformat(as_of)
    trend = await repository.trend(actor, until=until, days=max(days, CHANGE_DAYS), is_past=as_of is not None)
    open_now = await repository.open_by_severity(actor) if as_of is None else trend[-1].by_severity
    oldest = await findings.page(
        actor, "severity:critical is:open", PageRequest(sort="first_seen_at", limit=SHOWN)
    )
    unscanned = None
    if as_of is None:
        assets = AssetRepository(session)
        unscanned = await assets.never_or_long_not_scanned(actor, now - UNSCANNED_AFTER, SHOWN)
    week = trend[-CHANGE_DAYS:]
    return {
        "open": {"total": sum(open_now.values()), "by_severity": BySeverity.of(open_now).model_dump()},
        "change": {
            "days": CHANGE_DAYS,
            "new": sum(day.new for day in week),
            "closed": sum(day.closed for day in week),
        },
        "trend": [_day(day) for day in trend[-days:]],
        "first_report_on": first.isoformat() if (first := await repository.first_report_on(actor)) else None,
        "oldest_criticals": [shape(row, ids) for row in oldest.items],
        "overdue": await findings.count(actor, "is:overdue")
        if await repository.has_due_dates(actor)
        else None,
        "unscanned_assets": unscanned
        and [asset_schema(each, context).model_dump(mode="json") for each in unscanned],
        "computed_at": instant(now),
    }


def _day(day: Day) -> dict[str, Any]:
    return {
        "on": day.on.isoformat(),
        "by_severity": BySeverity.of(day.by_severity).model_dump(),
        "new": day.new,
        "closed": day.closed,
    }
