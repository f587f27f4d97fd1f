"""What must be true of scans and of what they derive, whatever died while they were imported."""

from hauberk.jobs.invariant import invariant, statement

_OPEN = """
with open as (
    select o.finding_id, count(*) as n, max(o.severity) as worst
    from scope s
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id and r.is_tracked
    join occurrence o on o.organization_id = s.organization_id and o.scope_id = s.id and o.closed_at is null
    where s.organization_id = :organization and s.asset_id = any(:assets)
    group by o.finding_id)
"""

invariant("finding_counts_its_open_occurrences", by_asset=True)(
    statement(
        _OPEN,
        """
select f.asset_id as subject, count(*) as n,
    'finding ' || min(f.id) || ' and others of this asset count other open occurrences than there are' as detail
from finding f left join open x on x.finding_id = f.id
where f.organization_id = :organization and f.asset_id = any(:assets) and f.open_occurrences <> coalesce(x.n, 0)
group by f.asset_id
""",
    )
)

invariant("finding_has_its_worst_severity", by_asset=True)(
    statement(
        _OPEN,
        """
select f.asset_id as subject, count(*) as n,
    'finding ' || min(f.id) || ' and others of this asset are not as severe as their worst open occurrence' as detail
from finding f join open x on x.finding_id = f.id
where f.organization_id = :organization and f.asset_id = any(:assets)
    and f.severity <> coalesce(f.severity_override, x.worst)
group by f.asset_id
""",
    )
)

invariant("scope_counts_its_open_occurrences", by_asset=True)(
    statement("""
select s.asset_id as subject, count(*) as n,
    'scope ' || min(s.id) || ' counts other open occurrences than there are' as detail
from scope s left join lateral (
    select count(*) as n from occurrence o
    where o.organization_id = s.organization_id and o.scope_id = s.id and o.closed_at is null) x on true
where s.organization_id = :organization and s.asset_id = any(:assets) and s.open_occurrences <> x.n
group by s.asset_id
""")
)

# What only undone scans found is kept for people; what it was called leads to another where a later report says it is that one.
invariant("finding_has_a_key", by_asset=True)(
    statement("""
select f.asset_id as subject, count(*) as n,
    'nothing leads to finding ' || min(f.id) || ': the next import doubles it' as detail
from finding f
where f.organization_id = :organization and f.asset_id = any(:assets) and f.joined_into_id is null and not exists (
    select from finding_key k where k.organization_id = f.organization_id and k.finding_id = f.id)
and coalesce((
    select bool_or(o.close_reason is distinct from 'undone' or not exists (
        select from finding_key k where k.organization_id = f.organization_id and k.asset_id = f.asset_id
        and k.fingerprint = o.fingerprint))
    from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id), true)
group by f.asset_id
""")
)

invariant("joined_finding_is_empty", by_asset=True)(
    statement("""
select f.asset_id as subject, count(*) as n,
    'finding ' || min(f.id) || ' was joined into another and still has keys or occurrences of its own' as detail
from finding f
where f.organization_id = :organization and f.asset_id = any(:assets) and f.joined_into_id is not null and (
    exists (select from finding_key k where k.organization_id = f.organization_id and k.finding_id = f.id)
    or exists (select from occurrence o where o.organization_id = f.organization_id and o.finding_id = f.id))
group by f.asset_id
""")
)

invariant("occurrence_is_in_the_asset_of_its_finding", by_asset=True)(
    statement("""
select s.asset_id as subject, count(*) as n,
    'occurrence ' || min(o.id) || ' belongs to a finding of another asset' as detail
from scope s
join occurrence o on o.organization_id = s.organization_id and o.scope_id = s.id and o.closed_at is null
join finding f on f.organization_id = o.organization_id and f.id = o.finding_id
where s.organization_id = :organization and s.asset_id = any(:assets) and f.asset_id <> s.asset_id
group by s.asset_id
""")
)

# A day is longer than any queue that is worked on.
invariant("accepted_scan_reaches_an_end")(
    statement("""
with working as (
    select coalesce(j.arguments ->> 'preview_id', j.arguments ->> 'scan_id') as scan_id from job j
    where j.organization_id = :organization and j.state in ('accepted', 'running'))
select s.id as subject, 1 as n, case when w.scan_id is null
    then 'it is ' || s.state || ' and no job works on it'
    else 'it has been ' || s.state || ' for more than a day' end as detail
from scan s left join working w on w.scan_id = s.id::text
where s.organization_id = :organization and s.state in ('accepted', 'running')
    and (w.scan_id is null or s.accepted_at < clock_timestamp() - interval '1 day'
        and coalesce(s.started_at, s.accepted_at) < clock_timestamp() - interval '1 day')
limit 1000
""")
)

# Of the newest ones: what was received is what was done, failed, cancelled or is under way, and each says how it ended.
# Undoing or reprocessing fails without the scan; a scan that is read again may be held, or held no more.
invariant("scan_ended_as_its_job_did")(
    statement("""
select s.id as subject, 1 as n, 'it is ' || s.state || ', its job ' || coalesce(j.state, 'is gone') as detail
from (select * from scan where organization_id = :organization order by accepted_at desc, id desc limit 2000) s
left join job j on j.organization_id = s.organization_id and j.id = s.job_id and j.kind = 'ingest.import_scan'
where s.state in ('done', 'failed', 'cancelled', 'held') and (s.finished_at is null
    or s.state in ('done', 'held') and s.counts is null
    or s.state = 'failed' and s.error is null
    or j.state <> s.state and (j.state, s.state) not in (('held', 'done'), ('done', 'held')))
""")
)
