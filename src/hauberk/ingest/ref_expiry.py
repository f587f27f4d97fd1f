"""Refs that nobody scans any more: what was seen on them closes, `retention.ref_days` after their last scan.

Only untracked ones: a tracked ref makes findings active, so nothing on it closes because of time. The ref stays; its
next scan opens what it reports again.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

from hauberk.db.audit import record_in_job
from hauberk.db.locks import lock_asset
from hauberk.domain.events import FindingsChanged
from hauberk.domain.permissions import Actor
from hauberk.ingest.recompute import recomputed
from hauberk.jobs.events import emit

# The last scan is the newest that came, however old its report says that it is.
_DUE: Final = """
select r.asset_id, r.id, r.name from asset_ref r
join asset a on a.organization_id = r.organization_id and a.id = r.asset_id and a.deleted_at is null
    and a.default_ref <> r.name
where r.organization_id = :organization and not r.is_tracked and exists (
    select from scope s where s.organization_id = r.organization_id and s.asset_id = r.asset_id and s.ref_id = r.id
    and s.open_occurrences > 0)
and coalesce(r.last_scan_at, r.created_at) < now() - cast(:lifetime as interval) and not exists (
    select from scope s join scan c on c.organization_id = s.organization_id and c.id = s.last_scan_id
    where s.organization_id = r.organization_id and s.asset_id = r.asset_id and s.ref_id = r.id
    and c.accepted_at >= now() - cast(:lifetime as interval))
"""
_ALL_DUE = text(f"{_DUE} order by r.asset_id, r.id limit 1000")
_STILL_DUE = text(f"{_DUE} and r.id = :ref")
_CONCERNED: Final = """
select o.finding_id from occurrence o
join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
where s.organization_id = :organization and s.asset_id = :asset and s.ref_id = :ref and o.closed_at is null
"""
_CLOSE = text("""
update occurrence o set closed_at = now(), close_reason = 'ref_expired' from scope s
where s.organization_id = :organization and s.asset_id = :asset and s.ref_id = :ref
    and o.organization_id = s.organization_id and o.scope_id = s.id and o.closed_at is null
""")
_EMPTY = text("""
update scope set open_occurrences = 0, version = version + 1
where organization_id = :organization and asset_id = :asset and ref_id = :ref
""")


def expired_refs(connection: Connection, organization_id: int, days: int) -> Sequence[Any]:
    """(asset_id, id, name) of those whose time has come."""
    return connection.execute(_ALL_DUE, _parameters(organization_id, days)).all()


def expire(connection: Connection, organization_id: int, days: int, *, asset_id: int, ref_id: int) -> int:
    """How many occurrences closed; none when the ref was scanned, tracked or done meanwhile."""
    lock_asset(connection, organization_id, asset_id)
    parameters = _parameters(organization_id, days) | {"asset": asset_id, "ref": ref_id}
    row = connection.execute(_STILL_DUE, parameters).one_or_none()
    if row is None:
        return 0
    with recomputed(connection, parameters, _CONCERNED):
        closed = connection.execute(_CLOSE, parameters).rowcount
    connection.execute(_EMPTY, parameters)
    detail = {"ref": row.name, "closed": closed}
    record_in_job(connection, Actor.system(organization_id), "asset.ref_expired", "asset", asset_id, detail)
    emit(connection, FindingsChanged(organization_id, asset_id))
    return closed


def _parameters(organization_id: int, days: int) -> dict[str, Any]:
    return {"organization": organization_id, "lifetime": timedelta(days=days)}
