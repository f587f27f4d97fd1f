"""What must be true of components: where no mark waits, they hold the findings that are there."""

from hauberk.jobs.invariant import invariant, statement

invariant("components_hold_the_findings_of_the_asset", by_asset=True)(
    statement("""
with there as (
    select distinct f.asset_id, f.id from scope s
    join asset a on a.organization_id = s.organization_id and a.id = s.asset_id and a.deleted_at is null
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id and r.is_tracked
    join occurrence o on o.organization_id = s.organization_id and o.scope_id = s.id and o.closed_at is null
        and o.component is not null
    join finding f on f.organization_id = o.organization_id and f.id = o.finding_id and f.is_active
        and f.joined_into_id is null
    where s.organization_id = :organization and s.asset_id = any(:assets)),
held as (
    select distinct asset_id, unnest(finding_ids) as id from asset_component
    where organization_id = :organization and asset_id = any(:assets)),
wrong as (
    select asset_id from there full join held using (asset_id, id) where there.id is null or held.id is null)
select w.asset_id as subject, count(*) as n, 'findings of this asset are not those of its components' as detail
from wrong w where not exists (
    select from component_mark m where m.organization_id = :organization and m.asset_id = w.asset_id)
group by w.asset_id
""")
)
