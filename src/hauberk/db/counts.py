"""Counts of active findings: how deltas are folded, what they add up to, and the recount that must find no difference.

Whoever changes findings appends deltas; nobody waits for anybody. The fold moves them into `finding_count` and
`daily_trend` in one statement, so a reader, who adds what is not folded, sees every delta exactly once at any moment.
"""

from typing import Any

from sqlalchemy import Connection, Row, Subquery, case, select, text, union_all

from hauberk.db import facet_counts, vulnerability_counts
from hauberk.db.driver import Kept
from hauberk.db.locks import lock_counts
from hauberk.db.models.count import CountDelta, DailyTrend, FindingCount
from hauberk.domain.finding import LAST_UNDECIDED

AT_ONCE = 50_000

_FOLD = text("""
with taken as (
    delete from count_delta where organization_id = :organization and id in (
        select id from count_delta where organization_id = :organization order by id limit :at_once)
    returning asset_id, on_day, kind, severity, triage, n, opened, closed),
counts as (
    insert into finding_count as kept (organization_id, asset_id, kind, severity, triage, n)
    select :organization, asset_id, kind, severity, triage, sum(n) from taken
    group by asset_id, kind, severity, triage having sum(n) <> 0
    order by asset_id, kind, severity, triage
    on conflict (organization_id, asset_id, kind, severity, triage) do update set n = kept.n + excluded.n),
trend as (
    insert into daily_trend as kept (organization_id, on_day, severity, opened, closed, net)
    select :organization, on_day, severity, sum(opened), sum(closed),
        coalesce(sum(n) filter (where triage <= 2), 0)
    from taken group by on_day, severity order by on_day, severity
    on conflict (organization_id, on_day, severity) do update
    set opened = kept.opened + excluded.opened, closed = kept.closed + excluded.closed, net = kept.net + excluded.net),
fold as (
    insert into count_fold as kept (organization_id, folds) select :organization, 1 where exists (select from taken)
    on conflict (organization_id) do update set folds = kept.folds + 1, folded_at = now())
select count(*) from taken
""")

_RENEW = text("""
insert into count_fold as kept (organization_id, folds) values (:organization, 1)
on conflict (organization_id) do update set folds = kept.folds + 1, folded_at = now()
""")

_EMPTY = text("delete from finding_count where organization_id = :organization and n = 0")

_DIFFERENCES = text("""
with there as (
    select asset_id, kind, severity, triage, count(*) as n
    from finding f
    where organization_id = :organization and is_active and not exists (
        select from asset a where a.organization_id = :organization and a.id = f.asset_id and a.deleted_at is not null)
    group by asset_id, kind, severity, triage),
counted as (
    select asset_id, kind, severity, triage, sum(n) as n
    from (select asset_id, kind, severity, triage, n from finding_count where organization_id = :organization
          union all
          select asset_id, kind, severity, triage, n from count_delta where organization_id = :organization) all_counts
    group by asset_id, kind, severity, triage)
select asset_id, kind, severity, triage, coalesce(there.n, 0) as there, coalesce(counted.n, 0) as counted
from there full join counted using (asset_id, kind, severity, triage)
where coalesce(there.n, 0) <> coalesce(counted.n, 0)
order by asset_id, kind, severity, triage
""")

_REMOVE = text("""
insert into count_delta (organization_id, asset_id, on_day, kind, severity, triage, n)
select :organization, asset_id, (now() at time zone 'utc')::date, kind, severity, triage, -sum(n)
from (select asset_id, kind, severity, triage, n from finding_count
      where organization_id = :organization and asset_id = :asset
      union all
      select asset_id, kind, severity, triage, n from count_delta
      where organization_id = :organization and asset_id = :asset) all_counts
group by asset_id, kind, severity, triage having sum(n) <> 0
""")


def fold(connection: Connection, organization_id: int) -> int:
    """Moves all deltas that are committed now into the counts; answers how many there were."""
    lock_counts(connection, organization_id)
    folded = 0
    while True:
        taken = connection.scalar(_FOLD, {"organization": organization_id, "at_once": AT_ONCE}) or 0
        folded += taken
        if taken < AT_ONCE:
            break
    facet_counts.fold(connection, organization_id)
    vulnerability_counts.fold(connection, organization_id)
    return folded


def renew(connection: Connection, organization_id: int) -> None:
    """Folds, and gives the counts another version also when nothing was to fold: something else about findings changed."""
    fold(connection, organization_id)
    outdate(connection, organization_id)


def outdate(connection: Connection, organization_id: int) -> None:
    """Gives the counts another version with this transaction: something that is shown beside them changed."""
    connection.execute(_RENEW, {"organization": organization_id})


def differences(connection: Connection, organization_id: int) -> list[Row[Any]]:
    """Buckets whose count is not what is there: none, unless something wrote findings without its deltas."""
    lock_counts(connection, organization_id)
    connection.execute(_EMPTY, {"organization": organization_id})
    facet_counts.remove_empty(connection, organization_id)
    return list(connection.execute(_DIFFERENCES, {"organization": organization_id}))


def remove_asset(connection: Connection, organization_id: int, asset_id: int) -> None:
    """An asset that is deleted takes its counts along; the caller holds the asset's lock."""
    lock_counts(connection, organization_id)
    connection.execute(_REMOVE, {"organization": organization_id, "asset": asset_id})
    facet_counts.remove_asset(connection, organization_id, asset_id)


def open_counts(organization_id: int) -> Subquery:
    """(asset_id, severity, n) of undecided active findings, folded or not; sum what you need."""
    parts = [
        select(table.asset_id, table.severity, table.n).where(
            table.organization_id == organization_id, table.triage <= LAST_UNDECIDED
        )
        for table in (FindingCount, CountDelta)
    ]
    return union_all(*parts).subquery("open_counts")


def trend(organization_id: int) -> Subquery:
    """(on_day, severity, opened, closed, net), folded or not."""
    folded = select(
        DailyTrend.on.label("on_day"),
        DailyTrend.severity,
        DailyTrend.opened,
        DailyTrend.closed,
        DailyTrend.net,
    ).where(DailyTrend.organization_id == organization_id)
    fresh = select(
        CountDelta.on.label("on_day"),
        CountDelta.severity,
        CountDelta.opened,
        CountDelta.closed,
        case((CountDelta.triage <= LAST_UNDECIDED, CountDelta.n), else_=0).label("net"),
    ).where(CountDelta.organization_id == organization_id)
    return union_all(folded, fresh).subquery("trend")


# Changes with every change of a count, so that what was computed for one version never has to be invalidated.
VERSION = Kept(
    b"""
select coalesce((select folds from count_fold where organization_id = %(organization)s), 0) as folds,
    coalesce(max(id), 0) as newest, count(*) as waiting
from count_delta where organization_id = %(organization)s
""",
    {},
    prepares=True,
)
