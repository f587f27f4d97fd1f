"""What must be true of the counts: folded and unfolded together they count the findings that are there."""

from hauberk.jobs.invariant import invariant, statement

invariant("counts_are_those_of_the_findings", by_asset=True)(
    statement("""
with there as (
    select f.asset_id, f.kind, f.severity, f.triage, count(*) as n
    from finding f join asset a on a.organization_id = f.organization_id and a.id = f.asset_id and a.deleted_at is null
    where f.organization_id = :organization and f.asset_id = any(:assets) and f.is_active
    group by 1, 2, 3, 4),
counted as (
    select asset_id, kind, severity, triage, sum(n) as n from (
        select asset_id, kind, severity, triage, n from finding_count
        where organization_id = :organization and asset_id = any(:assets)
        union all
        select asset_id, kind, severity, triage, n from count_delta
        where organization_id = :organization and asset_id = any(:assets)) c
    group by 1, 2, 3, 4)
select asset_id as subject, sum(abs(coalesce(counted.n, 0) - coalesce(there.n, 0)))::bigint as n,
    count(*) || ' counts of this asset are not what is there' as detail
from there full join counted using (asset_id, kind, severity, triage)
where coalesce(there.n, 0) <> coalesce(counted.n, 0)
group by asset_id
""")
)

invariant("facets_count_the_findings_of_the_asset", by_asset=True)(
    statement("""
with there as (
    select f.asset_id, f.is_active, f.kind, f.severity, f.triage, f.scanners, count(*) as n
    from finding f join asset a on a.organization_id = f.organization_id and a.id = f.asset_id and a.deleted_at is null
    where f.organization_id = :organization and f.asset_id = any(:assets) and f.joined_into_id is null
    group by 1, 2, 3, 4, 5, 6),
counted as (
    select asset_id, is_active, kind, severity, triage, scanners, sum(n) as n from (
        select asset_id, is_active, kind, severity, triage, scanners, n from facet_count
        where organization_id = :organization and asset_id = any(:assets)
        union all
        select asset_id, is_active, kind, severity, triage, scanners, n from facet_delta
        where organization_id = :organization and asset_id = any(:assets)) c
    group by 1, 2, 3, 4, 5, 6)
select asset_id as subject, sum(abs(coalesce(counted.n, 0) - coalesce(there.n, 0)))::bigint as n,
    count(*) || ' counts that facets of this asset are made of are not what is there' as detail
from there full join counted using (asset_id, is_active, kind, severity, triage, scanners)
where coalesce(there.n, 0) <> coalesce(counted.n, 0)
group by asset_id
""")
)

invariant("facets_of_all_assets_are_the_sums_of_each")(
    statement("""
select 0 as subject, sum(abs(n))::bigint as n,
    count(*) || ' counts that facets are made of are not the sums of those of the assets' as detail
from (
    select sum(case when asset_id = 0 then n else -n end) as n from facet_count where organization_id = :organization
    group by is_active, kind, severity, triage, scanners) c
where n <> 0 having count(*) > 0
""")
)
