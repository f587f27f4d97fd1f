"""What must be true of deleted assets: somebody removes what is left of them."""

from hauberk.jobs.invariant import invariant, statement

invariant("deleted_asset_is_removed")(
    statement("""
select a.id as subject, 1 as n, 'it was deleted, and no job removes what is left of it' as detail
from asset a
where a.organization_id = :organization and a.deleted_at < clock_timestamp() - interval '5 minutes' and not exists (
    select from job j where j.organization_id = a.organization_id and j.kind = 'assets.remove_asset'
        and j.state in ('accepted', 'running') and j.arguments ->> 'asset_id' = a.id::text)
limit 1000
""")
)
