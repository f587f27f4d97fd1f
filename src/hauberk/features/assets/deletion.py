"""Deleting an asset: it disappears at once, and a job removes its rows in portions.

An asset can have a million findings; deleting them in the request would hold its locks for minutes.
"""

from sqlalchemy import Connection, text

from hauberk.db import counts, vulnerability_counts
from hauberk.db.locks import lock_asset

AT_ONCE = 2_000

_HIDE = text(
    "update asset set deleted_at = now(), name_key = name_key || chr(31) || id"
    " where organization_id = :organization and id = :asset and deleted_at is null"
)
_PORTION = text(
    "delete from finding where organization_id = :organization and id in ("
    " select id from finding where organization_id = :organization and asset_id = :asset"
    " order by id limit :at_once for update)"
)
_ASSET = text(
    "delete from asset where organization_id = :organization and id = :asset and deleted_at is not null"
)


def hide(connection: Connection, organization_id: int, asset_id: int) -> None:
    """Its name is free again, and its findings count no more."""
    lock_asset(connection, organization_id, asset_id)
    if connection.execute(_HIDE, {"organization": organization_id, "asset": asset_id}).rowcount:
        vulnerability_counts.remove_asset(connection, organization_id, asset_id)
    counts.remove_asset(connection, organization_id, asset_id)


def remove_portion(connection: Connection, organization_id: int, asset_id: int) -> int:
    """How many findings were removed, with all that hangs on them."""
    lock_asset(connection, organization_id, asset_id)
    parameters = {"organization": organization_id, "asset": asset_id, "at_once": AT_ONCE}
    return connection.execute(_PORTION, parameters).rowcount


def remove_asset(connection: Connection, organization_id: int, asset_id: int) -> None:
    """What is left, once its findings are gone. An import that was on its way meanwhile may have counted; that goes too."""
    lock_asset(connection, organization_id, asset_id)
    counts.remove_asset(connection, organization_id, asset_id)
    connection.execute(_ASSET, {"organization": organization_id, "asset": asset_id})
