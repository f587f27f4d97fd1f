"""Advisory transaction locks: which act keeps which other from running beside it.

Always the form with two integers: the first names the family of the lock, the second what is locked. PostgreSQL
releases them with the transaction, so they work through a transaction pooler and a dead process holds nothing. Two
objects whose hash is equal only wait for each other. Whoever needs several assets takes them one transaction each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

from sqlalchemy import Connection, text

from hauberk.infra.deadline import has_deadline
from hauberk.kit.errors import Unavailable

MOST_WAITING: Final = 8
"""Requests of one process. Each holds a connection meanwhile, and all others, who need no lock, need one too."""

_LOCK = text("select pg_advisory_xact_lock(:family, hashint8(:one # (cast(:other as bigint) << 40)))")


class Family(IntEnum):
    """One number each, so that locks of different acts never meet."""

    ASSET = 1
    COUNTS = 2
    ALIASES = 3
    DUPLICATES = 4
    COMPONENTS = 5


class _Queue:
    """Of this process's requests; they run in one thread. Jobs have their connections for themselves."""

    def __init__(self) -> None:
        self._waiting = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        if not has_deadline():
            yield
            return
        if self._waiting >= MOST_WAITING:
            raise Unavailable(
                "Others are changing findings just now; nothing was changed. Try again.",
                retry_after=2,
                code="busy",
            )
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


_QUEUE: Final = _Queue()


def lock_asset(connection: Connection, organization_id: int, asset_id: int) -> None:
    """Waits until nobody else changes findings of this asset: imports, triage, bulk acts and tracking of refs.

    From async code: `await (await session.connection()).run_sync(lock_asset, organization_id, asset_id)`. A request is
    refused where too many wait already.
    """
    with _QUEUE.place():
        connection.execute(_LOCK, {"family": Family.ASSET, "one": asset_id, "other": organization_id})


def lock_counts(connection: Connection, organization_id: int) -> None:
    """Waits until nobody else folds or recounts the organization's counts."""
    connection.execute(_LOCK, {"family": Family.COUNTS, "one": organization_id, "other": 0})


def lock_aliases(connection: Connection, organization_id: int) -> None:
    """Waits until nobody else groups the names of the organization's vulnerabilities."""
    connection.execute(_LOCK, {"family": Family.ALIASES, "one": organization_id, "other": 0})


def lock_duplicates(connection: Connection, organization_id: int) -> None:
    """Waits until nobody else says of which finding another is a duplicate; after the asset's lock, never before it."""
    connection.execute(_LOCK, {"family": Family.DUPLICATES, "one": organization_id, "other": 0})


def lock_components(connection: Connection, organization_id: int) -> None:
    """Waits until nobody else derives the organization's components."""
    connection.execute(_LOCK, {"family": Family.COMPONENTS, "one": organization_id, "other": 0})
