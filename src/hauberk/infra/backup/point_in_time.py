"""Restoring to a moment: the database as it was then, with every stored file, into an empty installation."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from hauberk.infra.backup import database, retention
from hauberk.infra.backup.recovery import Moment, base_for, keep_data, recovered
from hauberk.infra.backup.target import drafts, open_target
from hauberk.infra.backup.wal import FILES, unseal
from hauberk.infra.embedded.postgres import SUPERUSER
from hauberk.infra.settings import Settings
from hauberk.infra.settings.home import Home
from hauberk.infra.storage import Storage, open_storage
from hauberk.kit.errors import Conflict


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done; `last_commit_at` is the newest change that is there again."""

    base: str
    segments: int
    files: int
    last_commit_at: datetime | None


def restore_until(settings: Settings, until: datetime | None) -> Restored:
    """To that moment, or to the end of the archive. The embedded database gets the server's own files; another one a
    dump of the recovered server, so that it may be of another version, or somebody else's to run.
    """
    is_embedded = not settings.database.url
    if is_embedded and (settings.home / "postgres").exists():
        raise Conflict(
            f"There is a database in {settings.home / 'postgres'}: move it away, or use another home."
        )
    if not is_embedded and not database.is_empty(database.backup_url(settings)):
        raise Conflict("The database is not empty; a backup is only restored into an empty one.")
    base = base_for(settings, until)
    with drafts(settings) as folder:
        with recovered(settings, base, folder, Moment(until=until)) as server:
            if is_embedded:
                _take_over(settings, server.url)
            else:
                database.dump(server.url, folder / "dump")
                database.restore(database.backup_url(settings), folder / "dump")
        if is_embedded:
            keep_data(server.data, settings.home)
        files = restore_files(settings, open_storage(settings))
    return Restored(base.name, server.segments, files, server.last_commit_at)


def restore_files(settings: Settings, storage: Storage) -> int:
    """Every archived file that the storage does not have; how many."""
    there = set(storage.keys())
    missing = sorted(set(retention.archived_files(settings)) - there)
    target = open_target(settings)
    with drafts(settings) as folder:
        for key in missing:
            with target.open_local(FILES + key) as sealed:
                unseal(sealed, folder / "file", settings.key_ring)
            storage.write_file(folder / "file", key=key)
    return len(missing)


def _take_over(settings: Settings, url: str) -> None:
    """The restored server knows the passwords of the home that it came from; from now on it has this home's."""
    password = Home(settings.home).secrets().database_superuser_password
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(SUPERUSER), sql.Literal(password))
        )
