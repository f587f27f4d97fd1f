"""SQL about what was claimed of a finding `f`, mostly on tracked refs, by scans that are not undone."""

from typing import Final

from hauberk.db.last_seen import seen_until

_CLAIMED: Final = """
    from occurrence o
    join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
    join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id and r.is_tracked
    where o.organization_id = :organization and o.finding_id = f.id and o.close_reason is distinct from 'undone'"""

_FIRST: Final = """
    from occurrence o
    left join scan b on b.organization_id = o.organization_id and b.id = o.opened_scan_id
    where o.organization_id = :organization and o.finding_id = f.id and o.close_reason is distinct from 'undone'
    order by b.applied_at nulls last, o.id limit 1"""

# Whether it stood before. What a branch alone showed is new where it is merged, not reopened.
STOOD: Final = f"exists (select {_CLAIMED} and o.closed_at is not null)"

# Whether it is known on a tracked ref at all, or was.
TRACKED: Final = f"exists (select {_CLAIMED})"

# Since when it is known: by what was applied first, the scan that is being written last, or earlier on a tracked ref. What undone
# scans said does not count, although the finding was kept for people.
EARLIEST: Final = f"""(select least((select min(o.first_seen_at) {_CLAIMED}), o.first_seen_at) {_FIRST})"""
FIRST_OPENED: Final = f"(select o.opened_at {_FIRST})"

# When the newest of it was found, by a scan that was whole or not; later than by the last whole one, perhaps.
LAST_OPENED: Final = f"(select max(o.opened_at) {_CLAIMED})"


# Until when scans of any series saw it that see it no more. Of what is gone by the scan that is being written nothing is
# known here; what it shows as suppressed it saw.
LAST_SEEN: Final = f"""(select max(case when o.close_reason = 'suppressed' then o.closed_at
        else {seen_until(":organization", "o.scope_id", "e.applied_at")} end) from (
    select o.scope_id, o.closed_scan_id, o.closed_at, o.close_reason {_CLAIMED}
        and o.close_reason not in ('changed', 'moved')) o
    left join scan e on e.organization_id = :organization and e.id = o.closed_scan_id
    where e.applied_at is not null or o.close_reason = 'suppressed')"""  # noqa: S608
