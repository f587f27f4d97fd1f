"""Backups are restored for real, and one that was touched is refused."""

import io
import json
import os
from datetime import timedelta

import psycopg
import pytest

from fixtures.servers import make_settings
from hauberk.infra.backup import create_backup, database, list_backups, restore_backup, verify_backup
from hauberk.infra.backup.sealing import CHUNK_BYTES, SealedReader, SealedWriter
from hauberk.infra.backup.target import open_target
from hauberk.infra.backup.wal import Archive, seal
from hauberk.infra.crypto import KeyRing, SecretKey, Undecipherable
from hauberk.infra.embedded.postgres import create_database, drop_database
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.infra.storage import open_storage
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, NotFound

KEYS = KeyRing([SecretKey("k", b"x" * 43)])
REPORT = b"a report" * 400_000


def path_of(settings, backup):
    return str(settings.backup_folder / backup.name)


@pytest.fixture
def secret():
    return new_secret()


@pytest.fixture
def installation(tmp_path, fresh_database, queue_url, cache_url, secret):
    """An installation with something in its database and its storage."""
    settings = make_settings(
        tmp_path / "home",
        fresh_database.owner_url,
        fresh_database.url,
        queue_url,
        cache_url,
        HAUBERK_SECRET_KEYS=secret,
        HAUBERK_DATABASE_BACKUP_URL=fresh_database.backup_url,
    )
    with psycopg.connect(fresh_database.backup_url) as connection:
        connection.execute("UPDATE installation SET public_id_key = '\\x00112233445566778899aabbccddeeff'")
    (tmp_path / "report").write_bytes(REPORT)
    open_storage(settings).write_file(tmp_path / "report")
    return settings


@pytest.fixture
def empty(tmp_path, servers, queue_url, cache_url, secret):
    """A new machine: an empty database, an empty home, the old secret."""
    create_database(servers.superuser_url, "hauberk_restored")
    owner, app = (
        url.replace("/hauberk?", "/hauberk_restored?") for url in (servers.owner_url, servers.app_url)
    )
    yield make_settings(
        tmp_path / "new home",
        owner,
        app,
        queue_url,
        cache_url,
        HAUBERK_SECRET_KEYS=secret,
        HAUBERK_DATABASE_BACKUP_URL=servers.superuser_url.replace("/postgres?", "/hauberk_restored?"),
    )
    drop_database(servers.superuser_url, "hauberk_restored")


def test_a_backup_is_restored_on_an_empty_machine(installation, empty):
    made = create_backup(installation)
    assert verify_backup(empty, path_of(installation, made))["environment"] == "test"
    restore_backup(empty, path_of(installation, made))
    with psycopg.connect(empty.database.backup_url) as connection:
        kept = connection.execute("SELECT public_id_key FROM installation").fetchone()
        owners = connection.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'finding'"
        ).fetchall()
    assert kept[0].hex() == "00112233445566778899aabbccddeeff"
    assert owners == [("hauberk_owner",)]
    old, new = open_storage(installation), open_storage(empty)
    assert new.keys() == old.keys()
    with new.open_local(new.keys()[0]) as path:
        assert path.read_bytes() == REPORT


def test_the_owner_of_an_empty_database_restores_what_an_administrator_added_to(installation, empty, servers):
    """As on a PostgreSQL of one's own, whose administrator has made the extension that shows statements."""
    name = psycopg.conninfo.conninfo_to_dict(installation.database.url)["dbname"]
    with psycopg.connect(servers.superuser_url, dbname=name) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    made = create_backup(installation)
    owned = empty.database.model_copy(update={"backup_url": empty.database.owner_url})
    restore_backup(empty.model_copy(update={"database": owned}), path_of(installation, made))
    with psycopg.connect(empty.database.backup_url) as connection:
        assert connection.execute("SELECT count(*) FROM installation").fetchone() == (1,)


def test_row_level_security_is_still_there_after_a_restore(installation, empty):
    restore_backup(empty, path_of(installation, create_backup(installation)))
    count = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity"
    with (
        psycopg.connect(installation.database.backup_url) as before,
        psycopg.connect(empty.database.backup_url) as after,
    ):
        forced = before.execute(count).fetchone()
        assert after.execute(count).fetchone() == forced
        assert forced[0] > 10


def test_a_database_that_is_not_empty_is_never_overwritten(installation):
    made = create_backup(installation)
    with pytest.raises(Conflict, match="not empty"):
        restore_backup(installation, made.name)


def test_nothing_of_the_data_can_be_read_in_the_file(installation):
    made = create_backup(installation)
    content = (installation.backup_folder / made.name).read_bytes()
    assert b"a report" not in content
    assert b"PGDMP" not in content
    assert installation.backup_folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["a changed byte", "a cut end", "another header"])
def test_a_damaged_backup_is_noticed_before_anything_is_restored(installation, empty, damage):
    made = create_backup(installation)
    content = bytearray((installation.backup_folder / made.name).read_bytes())
    if damage == "a changed byte":
        content[len(content) // 2] ^= 1
    elif damage == "a cut end":
        del content[CHUNK_BYTES + 500 :]
    else:
        content = bytearray(bytes(content).replace(b'"environment": "test"', b'"environment": "prod"', 1))
    (installation.backup_folder / made.name).write_bytes(content)
    with pytest.raises(Conflict):
        restore_backup(empty, path_of(installation, made))
    assert open_storage(empty).keys() == []


def test_another_installation_cannot_open_it(installation, settings):
    with pytest.raises(Conflict, match="HAUBERK_SECRET_KEYS"):
        verify_backup(settings, path_of(installation, create_backup(installation)))


def test_old_backups_go_but_the_newest_are_always_kept(installation):
    made = [create_backup(installation) for _ in range(3)]
    backup = installation.backup.model_copy(update={"keep": 2, "keep_days": 1})
    for age, each in zip((40, 30, 20), made, strict=True):
        note = installation.backup_folder / f"{each.name}.json"
        content = json.loads(note.read_text())
        content["created_at"] = (clock.now() - timedelta(days=age)).isoformat()
        note.write_text(json.dumps(content))
    newest = create_backup(installation.model_copy(update={"backup": backup}))
    assert [each.name for each in list_backups(installation)] == [newest.name, made[2].name]
    assert not (installation.backup_folder / made[0].name).exists()


def test_a_backup_that_is_not_there_is_not_found(settings, tmp_path):
    with pytest.raises(NotFound):
        verify_backup(settings, "none.backup")
    (tmp_path / "text.backup").write_text("something else")
    with pytest.raises(Conflict, match="not a backup"):
        verify_backup(settings, str(tmp_path / "text.backup"))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_a_sealed_stream_of_any_size_comes_back(size):
    target = io.BytesIO()
    writer = SealedWriter(target, KEYS, {})
    writer.write(b"z" * size)
    writer.finish()
    target.seek(0)
    assert SealedReader(target, KEYS).readall() == b"z" * size


def test_chunks_cannot_be_swapped_or_dropped():
    target = io.BytesIO()
    writer = SealedWriter(target, KEYS, {})
    writer.write(bytes(range(256)) * (CHUNK_BYTES // 256 * 3))
    writer.finish()
    sealed = target.getvalue()
    start = sealed.index(b"\n", 20) + 1
    size = CHUNK_BYTES + 16
    first, second, rest = (
        sealed[start : start + size],
        sealed[start + size : start + 2 * size],
        sealed[start + 2 * size :],
    )
    for body in (second + first + rest, first + rest, first + second, first + first + rest, b""):
        with pytest.raises(Undecipherable):
            SealedReader(io.BytesIO(sealed[:start] + body), KEYS).readall()


def test_tools_older_than_the_server_are_passed_over(fresh_database, tmp_path, monkeypatch):
    old = tmp_path / "pg_dump"
    old.write_text('#!/bin/sh\necho "pg_dump (PostgreSQL) 12.4"\n', encoding="utf-8")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert database.fitting_tool(fresh_database.backup_url, "pg_dump") != str(old)


def test_a_segment_that_became_whole_since_it_was_listed_is_fetched_whole(installation, tmp_path):
    """As while the archiver goes on, in the drill and beside a restore."""
    archive = Archive(open_target(installation), "1", installation.key_ring)
    name = "0" * 23 + "1"
    for each, content in ((f"{name}.partial", b"half"), (name, b"whole")):
        (tmp_path / "plain").write_bytes(content)
        archive.deliver(seal(tmp_path / "plain", tmp_path / "sealed", installation.key_ring), each)
    archive.fetch(f"{name}.partial", tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == b"whole"
    with pytest.raises(NotFound):
        archive.fetch(f"{'0' * 23}2.partial", tmp_path / "fetched")
