"""Any moment of the archive is restored for real, and what cannot be restored is said before anything is lost."""

import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import psycopg
import pytest

from hauberk.infra.backup import Kind, create_base, delete_needless, list_backups, rehearse, restore_until
from hauberk.infra.backup.archiver import SLOT, Archiver
from hauberk.infra.backup.target import open_target
from hauberk.infra.backup.wal import lsn_number
from hauberk.infra.embedded.postgres import create_database, drop_database
from hauberk.infra.embedded.servers import running
from hauberk.infra.settings.loading import read_settings
from hauberk.infra.settings.secret_keys import new_secret
from hauberk.infra.storage import open_storage
from hauberk.kit.errors import Conflict, NotFound

SECRET = new_secret()


def settings_of(home, **more):
    return read_settings(
        {
            "HAUBERK_ENVIRONMENT": "test",
            "HAUBERK_HOME": str(home),
            "HAUBERK_SECRET_KEYS": SECRET,
            "HAUBERK_BACKUP_POINT_IN_TIME": "true",
            "HAUBERK_BACKUP_ARCHIVE_SECONDS": "1",
            "HAUBERK_QUEUE_URL": "redis://127.0.0.1:1",  # nothing here needs one
            "HAUBERK_CACHE_URL": "redis://127.0.0.1:1",
            **more,
        }
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A running embedded database with its archiver, and a table of things that happened."""
    settings = settings_of(tmp_path_factory.mktemp("live") / "home")
    with running(settings) as servers:
        database = settings.database.model_copy(update=servers.addresses["database"])
        settings = settings.model_copy(update={"database": database})
        with psycopg.connect(database.backup_url) as connection:
            connection.execute("CREATE TABLE happened (id bigserial PRIMARY KEY, what text)")
        archiver, stop = Archiver(settings), Event()
        working = Thread(target=archiver.run, args=[stop])
        working.start()
        while archiver.archive.reached is None:
            assert working.is_alive()
            time.sleep(0.1)
        yield settings
        stop.set()
        working.join()


@pytest.fixture
def elsewhere(tmp_path, installation):
    """A new machine that has nothing but the secret and the way to the backups."""
    return settings_of(tmp_path / "new", HAUBERK_BACKUP_FOLDER=str(installation.backup_folder))


def write(settings, *what):
    with psycopg.connect(settings.database.backup_url) as connection:
        for each in what:
            connection.execute("INSERT INTO happened (what) VALUES (%s)", [each])
    return datetime.now(UTC)


def archived(settings):
    """When what was written by now is in the archive."""
    wanted = datetime.now(UTC)
    with psycopg.connect(settings.database.backup_url) as connection:
        (system,) = connection.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    archive = Archiver(settings).archive
    assert archive._folder == f"wal/{system}/"
    deadline = time.monotonic() + 30
    while archive.reached.delivered_at < wanted + timedelta(seconds=1.5):  # a round that began later
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def restored(settings):
    with (
        running(settings) as servers,
        psycopg.connect(servers.addresses["database"]["backup_url"]) as connection,
    ):
        yield connection


def happened(connection):
    return [what for (what,) in connection.execute("SELECT what FROM happened ORDER BY id").fetchall()]


@pytest.mark.long
def test_the_moment_before_a_mistake_comes_back(installation, elsewhere, tmp_path):
    (tmp_path / "report").write_bytes(b"a report" * 10_000)
    kept = open_storage(installation).write_file(tmp_path / "report")
    before = write(installation, "before the mistake")
    time.sleep(0.01)
    with psycopg.connect(installation.database.backup_url) as connection:
        connection.execute("DELETE FROM happened")
    write(installation, "after the mistake")
    archived(installation)
    made = restore_until(elsewhere, before)
    assert made.last_commit_at <= before
    with restored(elsewhere) as connection:
        assert happened(connection)[-1] == "before the mistake"
        connection.execute("INSERT INTO happened (what) VALUES ('it takes writes again')")
    with open_storage(elsewhere).open_local(kept.key) as path:
        assert path.read_bytes() == b"a report" * 10_000


@pytest.mark.long
def test_all_that_was_archived_comes_back_when_the_whole_server_is_gone(installation, elsewhere):
    write(installation, *(f"number {n}" for n in range(500)))
    archived(installation)
    restore_until(elsewhere, None)
    with restored(elsewhere) as connection:
        assert happened(connection)[-500:] == [f"number {n}" for n in range(500)]


@pytest.mark.long
def test_another_server_gets_a_dump_of_what_was_recovered(installation, tmp_path, servers):
    write(installation, "for another server")
    archived(installation)
    create_database(servers.superuser_url, "hauberk_elsewhere")
    url = servers.superuser_url.replace("/postgres?", "/hauberk_elsewhere?")
    given = {"HAUBERK_DATABASE_URL": url, "HAUBERK_DATABASE_BACKUP_URL": url}
    settings = settings_of(tmp_path / "new", HAUBERK_BACKUP_FOLDER=str(installation.backup_folder), **given)
    try:
        restore_until(settings, None)
        with psycopg.connect(url) as connection:
            assert happened(connection)[-1] == "for another server"
        with pytest.raises(Conflict, match="not empty"):
            restore_until(settings, None)
    finally:
        drop_database(servers.superuser_url, "hauberk_elsewhere")


@pytest.mark.long
def test_a_moment_that_the_archive_does_not_reach_is_refused_with_the_last_one(installation, elsewhere):
    write(installation, "something")
    archived(installation)
    with pytest.raises(Conflict, match="its last change is of"):
        restore_until(elsewhere, datetime.now(UTC) + timedelta(hours=1))
    assert not (elsewhere.home / "postgres").exists()


@pytest.mark.long
def test_a_moment_before_the_first_base_is_refused(elsewhere):
    with pytest.raises(NotFound, match="from before"):
        restore_until(elsewhere, datetime.now(UTC) - timedelta(days=1))


def test_a_damaged_segment_is_refused(installation, elsewhere, tmp_path):
    copied = tmp_path / "backups"
    source = installation.backup_folder
    for path in source.rglob("*"):
        if path.is_file() and ".draft-" not in str(path):
            target = copied / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    segment = max(copied.glob("wal/*/*.sealed"))
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    with pytest.raises(Conflict, match="damaged"):
        restore_until(settings_of(elsewhere.home, HAUBERK_BACKUP_FOLDER=str(copied)), None)


def test_an_installation_that_has_a_database_is_never_overwritten(installation):
    plain = installation.database.model_copy(update={"url": ""})
    with pytest.raises(Conflict, match="move it away"):
        restore_until(installation.model_copy(update={"database": plain}), None)


@pytest.mark.long
def test_a_rehearsal_restores_the_live_database_exactly_and_measures_the_loss(installation):
    write(installation, "just now")
    seen = rehearse(installation)
    assert seen.differences == []
    assert seen.kind is Kind.BASE
    assert seen.rows > 0
    assert seen.rpo_seconds < 30
    assert seen.rto_seconds < 60


@pytest.mark.long
def test_a_rehearsal_tells_what_the_archive_lost(installation, tmp_path):
    (tmp_path / "lost").write_bytes(b"lost")
    kept = open_storage(installation).write_file(tmp_path / "lost")
    archived(installation)
    open_target(installation).delete(f"files/{kept.key}")
    assert rehearse(installation).differences == [f"Stored file {kept.key} is missing."]
    open_storage(installation).delete_now(kept.key)


@pytest.mark.long
def test_what_no_base_leads_to_is_deleted_and_the_rest_still_leads_to_now(installation, elsewhere):
    with psycopg.connect(installation.database.backup_url, autocommit=True) as connection:
        for n in range(3):
            write(installation, f"segment {n}")
            connection.execute("SELECT pg_switch_wal()")
    archived(installation)
    create_base(installation)
    bases = list_backups(installation, Kind.BASE)
    for each in bases[1:]:
        open_target(installation).delete(each.name)
    assert delete_needless(installation) >= 3
    restore_until(elsewhere, None)
    with restored(elsewhere) as connection:
        assert happened(connection)[-1] == "segment 2"


@pytest.mark.long
def test_an_archiver_that_lost_what_it_had_received_begins_with_a_new_base(tmp_path):
    settings = settings_of(tmp_path / "home")
    with running(settings) as servers:
        database = settings.database.model_copy(update=servers.addresses["database"])
        settings = settings.model_copy(update={"database": database})
        made = []
        for is_lost in (False, False, True):
            if is_lost:
                with Archiver(settings).receiving():
                    received_and_not_delivered(settings)
                shutil.rmtree(settings.home / "wal")
            work = Archiver(settings)
            with work.receiving():
                work.deliver()
            made.append(len(list_backups(settings, Kind.BASE)))
        assert made == [1, 1, 2]


def received_and_not_delivered(settings):
    """A whole segment and more, which the server then need not keep."""
    slot = "SELECT restart_lsn >= %s FROM pg_replication_slots WHERE slot_name = %s"
    with psycopg.connect(settings.database.backup_url, autocommit=True) as connection:
        for _ in range(2):
            connection.execute("SELECT pg_logical_emit_message(false, 'test', 'x')")
            connection.execute("SELECT pg_switch_wal()")
        (written,) = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        deadline = time.monotonic() + 20
        while connection.execute(slot, [written, SLOT]).fetchone() != (True,):
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.long
def test_the_server_keeps_nothing_for_an_archive_that_ended(tmp_path):
    settings = settings_of(tmp_path / "home")
    with running(settings) as servers:
        database = settings.database.model_copy(update=servers.addresses["database"])
        work = Archiver(settings.model_copy(update={"database": database}))
        with work.receiving():
            work.deliver()
        slots = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s"
        with psycopg.connect(database.backup_url, autocommit=True) as connection:
            assert connection.execute(slots, [SLOT]).fetchone() == (1,)
            work.end()
            assert connection.execute(slots, [SLOT]).fetchone() == (0,)


@pytest.mark.long
def test_the_moment_before_the_database_was_dropped_comes_back(installation, elsewhere):
    """The last of these tests: the server goes on without the database."""
    moment = write(installation, "the last thing")
    with psycopg.connect(installation.database.backup_url, dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE hauberk WITH (FORCE)")
        (dropped,) = connection.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone()
    deadline = time.monotonic() + 30
    archive = Archiver(installation).archive
    while lsn_number(archive.reached.lsn) < lsn_number(dropped):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    restore_until(elsewhere, moment)
    with restored(elsewhere) as connection:
        assert happened(connection)[-1] == "the last thing"
