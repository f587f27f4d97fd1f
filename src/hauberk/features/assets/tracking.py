"""Tracking of a ref: what is seen on it becomes active, or is only shown.

The findings concerned are computed anew by the very statements with which an import does it, in one transaction under
the asset's lock; the version of the ref's scopes rises, so that an import that compared before compares again.
"""

from typing import Any

from sqlalchemy import Connection, text

from hauberk.db.locks import lock_asset
from hauberk.ingest import statements
from hauberk.kit import clock

_TRACK = text(
    "update asset_ref set is_tracked = :tracked"
    " where organization_id = :organization and id = :ref and is_tracked <> :tracked"
)
_VERSION = text(
    "update scope set version = version + 1 where organization_id = :organization and ref_id = :ref"
    " returning last_scan_at"
)
_NO_NEW_ONES = "create temporary table found (finding_id int8, is_new bool) on commit drop"
_CONCERNED = (
    "create temporary table touched on commit drop as"
    " select f.id as finding_id, f.is_active, f.severity, f.triage, f.kind, false as has_new_place, f.reopened_at"
    " from finding f where f.organization_id = :organization and f.asset_id = :asset and f.id in ("
    " select o.finding_id from occurrence o join scope s on s.organization_id = o.organization_id and s.id = o.scope_id"
    " where o.organization_id = :organization and s.ref_id = :ref and o.closed_at is null)"
)
# Nothing was fixed and came back: only our view of it changed.
_NOT_REOPENED = (
    "update finding f set reopened_at = t.reopened_at from touched t"
    " where f.organization_id = :organization and f.id = t.finding_id"
    " and f.reopened_at is distinct from t.reopened_at"
)
_CLEAR = "drop table found, touched"


def set_tracked(
    connection: Connection, organization_id: int, *, asset_id: int, ref_id: int, is_tracked: bool
) -> bool:
    """Whether that is a change."""
    lock_asset(connection, organization_id, asset_id)
    now = clock.now()
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "asset": asset_id,
        "ref": ref_id,
        "tracked": is_tracked,
        "at": now,
        "day": now.date(),
    }
    if connection.execute(_TRACK, parameters).rowcount == 0:
        return False
    seen = [row.last_scan_at for row in connection.execute(_VERSION, parameters) if row.last_scan_at]
    parameters["seen_before"] = max(seen, default=now)
    for statement in (
        _NO_NEW_ONES,
        _CONCERNED,
        statements.RECOMPUTE,
        _NOT_REOPENED,
        statements.DELTAS,
        _CLEAR,
    ):
        connection.execute(text(statement), parameters)
    return True
