"""Reads of the overview: sums of the folded counts and what is not folded yet, never a walk over the findings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Integer, bindparam, func, literal, select, text

from hauberk.db import counts, facet_counts
from hauberk.db.driver import Kept, fetch
from hauberk.db.models.finding import OPEN, SHOWN, Finding
from hauberk.db.models.scan import Scan
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.scans.repository import shown_to

MAX_KEPT = 2_000


@dataclass
class Day:
    """One day of the trend; `by_severity` is what was open at its end, by rank."""

    on: date
    by_severity: dict[int, int] = field(default_factory=dict)
    new: int = 0
    closed: int = 0


class DashboardRepository:
    def __init__(self, session: DbSession) -> None:
        self.session = session

    async def version(self, actor: Actor) -> str:
        """Of the counts: another one with every change of findings."""
        (row,) = await fetch(self.session, counts.VERSION, organization=actor.organization_id)
        return f"{row.folds}.{row.newest}.{row.waiting}"

    async def open_by_severity(self, actor: Actor) -> dict[int, int]:
        wanted = facet_counts.open_by_severity(actor.organization_id)
        return {row.severity: int(row.n) for row in await self.session.execute(wanted)}

    async def has_due_dates(self, actor: Actor) -> bool:
        """Whether any open finding has one: without, nothing is late, and nothing is in time either."""
        dated = select(Finding.id).where(
            Finding.organization_id == actor.organization_id,
            text(f"{OPEN} and {SHOWN}"),
            Finding.due_at.is_not(None),
        )
        return bool(await self.session.scalar(select(dated.exists())))

    async def trend(self, actor: Actor, *, until: date, days: int, is_past: bool = False) -> list[Day]:
        """Day by day what was open, new and closed; all that was before adds up to the first day's start.

        Of the present, what is dated later (another clock's day) counts as of the last day.
        """
        found = counts.trend(actor.organization_id).c
        before = until - timedelta(days=days)
        on = func.greatest(found.on_day, literal(before)).label("on_day")
        wanted = select(
            on,
            found.severity,
            func.sum(found.opened).label("opened"),
            func.sum(found.closed).label("closed"),
            func.sum(found.net).label("net"),
        ).group_by(on, found.severity)
        if is_past:
            wanted = wanted.where(found.on_day <= until)
        return running((await self.session.execute(wanted)).all(), before=before, days=days)

    async def first_report_on(self, actor: Actor) -> date | None:
        """The day (UTC) on which anything was sent first; reports may be older than that."""
        first = await self.session.scalar(
            select(func.min(Scan.accepted_at)).where(Scan.organization_id == actor.organization_id)
        )
        return first.astimezone(UTC).date() if first else None

    async def newest_scans(self, actor: Actor, limit: int, until: datetime | None = None) -> Sequence[Any]:
        wanted = _newest_scans(actor.as_anybody())
        return await fetch(self.session, wanted, limit=limit, until=until)


@lru_cache(MAX_KEPT)
def _newest_scans(actor: Actor) -> Kept:
    until = func.coalesce(bindparam("until", None, type_=DateTime(timezone=True)), text("'infinity'"))
    wanted = shown_to(actor).where(Scan.is_dry_run.is_(False), Scan.accepted_at <= until)
    newest_first = wanted.order_by(Scan.accepted_at.desc(), Scan.id.desc())
    return Kept.of(newest_first.limit(bindparam("limit", None, type_=Integer)))


def running(rows: Iterable[Any], *, before: date, days: int) -> list[Day]:
    """Changes per day into states at the end of each of the `days` after `before`."""
    by_day = defaultdict(list)
    for row in rows:
        by_day[min(row.on_day, before + timedelta(days=days))].append(row)
    standing: dict[int, int] = defaultdict(int)
    trend = []
    for number in range(days + 1):
        day = Day(before + timedelta(days=number))
        for row in by_day[day.on]:
            standing[row.severity] += int(row.net)
            day.new += int(row.opened)
            day.closed += int(row.closed)
        day.by_severity = dict(standing)
        trend.append(day)
    return trend[1:]
