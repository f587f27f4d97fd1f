"""SQL about what was claimed of a finding `f` on tracked refs, by scans that are not undone."""

from typing import Final

_CLAIMED: Final = """
    from occurrence o
    join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id and r.is_tracked
    where o.organization_id = :organization and o.finding_id = f.id and o.close_reason is distinct from 'undone'"""

# Whether it stood before. What a branch alone showed is new where it is merged, not reopened.
STOOD: Final = f"exists (select {_CLAIMED} and o.closed_at is not null)"

# When the newest of it was found, by a scan that was whole or not; later than by the last whole one, perhaps.
LAST_OPENED: Final = f"(select max(o.opened_at) {_CLAIMED})"
