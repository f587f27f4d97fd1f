"""Advisory transaction locks: which act keeps which other from running beside it.

Always the form with two integers: the first names the family of the lock, the second what is locked. PostgreSQL
releases them with the transaction, so they work through a transaction pooler and a dead process holds nothing. Two
objects whose hash is equal only wait for each other. Whoever needs several assets takes them one transaction each.
"""

from enum import IntEnum

from sqlalchemy import Connection, text

_LOCK = text("select pg_advisory_xact_lock(:family, hashint8(:one # (cast(:other as bigint) << 40)))")


class Family(IntEnum):
    """One number each, so that locks of different acts never meet."""

    ASSET = 1
    COUNTS = 2
    ALIASES = 3


def lock_asset(connection: Connection, organization_id: int, asset_id: int) -> None:
    """Waits until nobody else changes findings of this asset: imports, triage, bulk acts and tracking of refs.

    From async code: `await (await session.connection()).run_sync(lock_asset, organization_id, asset_id)`.
    """
    connection.execute(_LOCK, {"family": Family.ASSET, "one": asset_id, "other": organization_id})


def lock_counts(connection: Connection, organization_id: int) -> None:
    """Waits until nobody else folds or recounts the organization's counts."""
    connection.execute(_LOCK, {"family": Family.COUNTS, "one": organization_id, "other": 0})


def lock_aliases(connection: Connection, organization_id: int) -> None:
    """Waits until nobody else groups the names of the organization's vulnerabilities."""
    connection.execute(_LOCK, {"family": Family.ALIASES, "one": organization_id, "other": 0})
