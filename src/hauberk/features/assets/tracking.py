"""Tracking of a ref: what is seen on it becomes active, or is only shown.

The findings concerned are computed anew by the very statements with which an import does it, in one transaction under
the asset's lock; the version of the ref's scopes rises, so that an import that compared before compares again.
"""

from typing import Any

from sqlalchemy import Connection, text

from hauberk.db.locks import lock_asset
from hauberk.ingest import vex
from hauberk.ingest.recompute import recomputed
from hauberk.kit import clock

_TRACK = text(
    "update asset_ref set is_tracked = :tracked"
    " where organization_id = :organization and id = :ref and is_tracked <> :tracked"
)
_VERSION = text(
    "update scope set version = version + 1 where organization_id = :organization and ref_id = :ref"
)
_SEEN = text("select last_scan_at from scope where organization_id = :organization and ref_id = :ref")
_CONCERNED = (
    "select distinct o.finding_id from occurrence o"
    " join scope s on s.organization_id = o.organization_id and s.id = o.scope_id"
    " where o.organization_id = :organization and s.ref_id = :ref and o.closed_at is null"
)


def set_tracked(
    connection: Connection, organization_id: int, *, asset_id: int, ref_id: int, is_tracked: bool
) -> bool:
    """Whether that is a change."""
    lock_asset(connection, organization_id, asset_id)
    parameters: dict[str, Any] = {
        "organization": organization_id,
        "asset": asset_id,
        "ref": ref_id,
        "tracked": is_tracked,
    }
    if connection.execute(_TRACK, parameters).rowcount == 0:
        return False
    seen = [each for each in connection.scalars(_SEEN, parameters) if each is not None]
    with recomputed(connection, parameters, _CONCERNED, seen_before=max(seen, default=None)):
        connection.execute(_VERSION, parameters)
    vex.decide_asset(connection, organization_id, asset_id, day=clock.now().date())
    return True
