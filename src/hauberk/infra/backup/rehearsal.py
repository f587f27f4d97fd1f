"""The restore rehearsal: the newest backup restored into a server of its own, and compared with what it must hold.

From a dump: the rows and checksums that were counted in the very instant of the dump. To a moment: those of the live
database now; the archive must first reach this moment, and how long that takes is what would be lost.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from hauberk.infra.backup import database
from hauberk.infra.backup.catalog import Kind, list_backups
from hauberk.infra.backup.contents import Contents, contents, differences
from hauberk.infra.backup.creating import file_hash
from hauberk.infra.backup.point_in_time import restore_files
from hauberk.infra.backup.recovery import Moment, base_for, recovered
from hauberk.infra.backup.restoring import opened, restore_into, verify_backup
from hauberk.infra.backup.target import drafts, open_target
from hauberk.infra.backup.wal import Archive, lsn_number
from hauberk.infra.embedded.postgres import Postgres
from hauberk.infra.embedded.process import Process
from hauberk.infra.embedded.sockets import socket_folder
from hauberk.infra.settings import Settings
from hauberk.infra.settings.home import HomeSecrets
from hauberk.infra.storage import Storage, open_storage
from hauberk.infra.storage.local import LocalStorage
from hauberk.kit import clock
from hauberk.kit.errors import NotFound, Unavailable

ATTEMPTS = 3
_CONNECTIONS = 20
# Committed before that place in the log, and not seen by the snapshot taken there: it fell between the two.
_BETWEEN = """
SELECT count(*) FROM generate_series(pg_snapshot_xmin(%(seen)s)::text::bigint,
                                     pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) AS number
WHERE NOT pg_visible_in_snapshot(number::text::xid8, %(seen)s) AND pg_xact_status(number::text::xid8) = 'committed'
"""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was restored, how long it took, and what would have been lost; `differences` are sentences."""

    backup: str
    kind: Kind
    began_at: datetime
    rpo_seconds: float
    rto_seconds: float
    tables: int
    rows: int
    files: int
    differences: list[str]


def rehearse(settings: Settings) -> Rehearsal:
    """Touches nothing of the installation; needs room for a copy of it beside the backups."""
    if not settings.has_point_in_time:
        return _from_dump(settings)
    for _ in range(ATTEMPTS):
        rehearsed = _to_now(settings)
        if rehearsed is not None:
            return rehearsed
    raise Unavailable("Too much was written at the very moment of comparison; try again when it is quieter.")


def _from_dump(settings: Settings) -> Rehearsal:
    newest = next(iter(list_backups(settings, Kind.DUMP)), None)
    if newest is None:
        raise NotFound("backup; make one with 'hauberk backup create'")
    began_at, began = clock.now(), time.monotonic()
    with drafts(settings) as folder, _empty_server(folder) as server, opened(settings, newest.name) as path:
        manifest = verify_backup(settings, newest.name)
        _make_roles(server.superuser_url, manifest["roles"])
        storage = LocalStorage(folder / "storage")
        restore_into(settings, path, server.backup_url, storage)
        took = time.monotonic() - began
        wanted = {name: (int(rows), checksum) for name, (rows, checksum) in manifest["contents"].items()}
        with database.connected(server.backup_url) as connection:
            found = contents(connection)
        told = differences(wanted, found)
        if len(storage.keys()) != newest.files:
            told.append(f"There are {len(storage.keys())} stored files instead of {newest.files}.")
    lost = (began_at - newest.created_at).total_seconds()
    return Rehearsal(
        newest.name, Kind.DUMP, began_at, lost, took, len(found), _rows(found), newest.files, told
    )


def _to_now(settings: Settings) -> Rehearsal | None:
    """None when a transaction ended between the two looks at the live database."""
    began_at, began = clock.now(), time.monotonic()
    with database.connected(database.backup_url(settings)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute(
            "SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text,"
            " (SELECT system_identifier::text FROM pg_control_system())"
        ).fetchone()
        assert row is not None
        snapshot, lsn, system = row
        with database.connected(database.backup_url(settings)) as other:
            # a recovery ends before the first record from there on, so there has to be one, and it archived
            (behind,) = other.execute(
                "SELECT pg_logical_emit_message(true, 'hauberk', 'rehearsal')::text"
            ).fetchone() or (lsn,)
        wanted = contents(connection)
    files = open_storage(settings).keys()
    _wait_for_archive(settings, system, str(behind))
    lost = time.monotonic() - began
    base = base_for(settings, None)
    restoring = time.monotonic()
    with drafts(settings) as folder:
        with recovered(settings, base, folder, Moment(lsn=lsn), is_throwaway=True) as server:
            storage = LocalStorage(folder / "storage")
            restore_files(settings, storage)
            took = time.monotonic() - restoring
            with database.connected(server.url) as connection:
                if connection.execute(_BETWEEN, {"seen": snapshot}).fetchone() != (0,):
                    return None
                found = contents(connection)
        told = [*differences(wanted, found), *_file_differences(open_storage(settings), storage, files)]
    return Rehearsal(base.name, Kind.BASE, began_at, lost, took, len(found), _rows(found), len(files), told)


def _wait_for_archive(settings: Settings, system: str, lsn: str) -> None:
    archive = Archive(open_target(settings), system, settings.key_ring)
    patience = time.monotonic() + 3 * settings.backup.archive_seconds + 60
    while True:
        reached = archive.reached
        if reached is not None and lsn_number(reached.lsn) >= lsn_number(lsn):
            return
        if time.monotonic() > patience:
            raise Unavailable(
                "The archive does not come to what was written just now: is 'hauberk archiver' running?"
            )
        time.sleep(0.5)


def _file_differences(live: Storage, restored: Storage, keys: list[str]) -> list[str]:
    told = []
    there = set(restored.keys())
    for key in keys:
        try:
            with live.open_local(key) as path:
                wanted = file_hash(path)
        except NotFound:
            continue  # it expired meanwhile
        if key not in there:
            told.append(f"Stored file {key} is missing.")
            continue
        with restored.open_local(key) as path:
            if file_hash(path) != wanted:
                told.append(f"Stored file {key} differs.")
    return told


@contextmanager
def _empty_server(folder: Path) -> Iterator[Postgres]:
    server = Postgres(
        folder=folder / "postgres",
        sockets=socket_folder(folder),
        logs=folder / "logs",
        secrets=HomeSecrets(),
        max_connections=_CONNECTIONS,
        is_throwaway=True,
    )
    process = Process(server.prepare())
    try:
        server.wait_until_ready(process)
        yield server
    finally:
        process.stop()


def _make_roles(url: str, names: list[str]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for name in names:
            if name not in there:
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))


def _rows(found: Contents) -> int:
    return sum(rows for rows, _ in found.values())
