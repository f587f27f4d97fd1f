"""The archiver: receives every change from PostgreSQL as it is made, and delivers it and new stored files, sealed.

A replication slot makes the server keep what was not received yet, up to its own limit. One archiver works for a
database; a second one waits, because the slot has one reader.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import psycopg
import structlog

from hauberk.infra.backup import database
from hauberk.infra.backup.catalog import Kind, list_backups
from hauberk.infra.backup.creating import create_base
from hauberk.infra.backup.target import drafts, open_target
from hauberk.infra.backup.wal import FILES, PARTIAL, Archive, is_of_archive, lsn_number, seal
from hauberk.infra.embedded.process import Process, Program
from hauberk.infra.settings import Settings
from hauberk.infra.storage import open_storage
from hauberk.kit import clock
from hauberk.kit.errors import NotFound, Refusal, Unavailable

SLOT = "hauberk_archive"
RECEIVE_SECONDS = 20.0
ALL_FILES_SECONDS = 3600.0
_LOST = ("lost", "unreserved")
_KEPT = """
SELECT restart_lsn::text, pg_size_bytes(current_setting('wal_segment_size')) FROM pg_replication_slots
WHERE slot_name = %s
"""
_RECEIVED = "SELECT max(flush_lsn) FROM pg_stat_replication WHERE application_name = %s"

_log = structlog.get_logger(__name__)


class Archiver:
    """Of one installation; `deliver` is one round."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = database.backup_url(settings)
        self._target = open_target(settings)
        self._storage = open_storage(settings)
        with database.connected(self._url, to_server=True) as connection:
            (self.system,) = connection.execute(
                "SELECT system_identifier::text FROM pg_control_system()"
            ).fetchone() or ("",)
        self.archive = Archive(self._target, self.system, settings.key_ring)
        self._spool = settings.home / "wal" / self.system
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._delivered: set[str] = set()
        self._files: set[str] | None = None
        self._all_files_at = 0.0

    def run(self, stop: Event) -> None:
        """Until it is told to stop; what goes wrong is tried again in the next round."""
        with self.receiving():
            while not stop.is_set():
                try:
                    self.deliver()
                except (Refusal, OSError, psycopg.Error) as error:
                    _log.warning("archive_not_delivered", error=str(error))
                stop.wait(self._settings.backup.archive_seconds)

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """The log comes in as long as the context lasts. A way through it begins with a base, so one is made where there
        is none, and where something may be missing: what an archiver had received and not delivered is gone with its
        spool, and the server does not keep it twice.
        """
        begins = self._ensure_slot() or self._has_gap()
        program, environment = database.tool(self._url, "pg_receivewal")
        process = Process(
            Program(
                name="receiver",
                command=[
                    *(program, f"--directory={self._spool}", f"--slot={SLOT}", "--no-password"),
                    *("--synchronous", "--status-interval=1"),
                ],
                log=self._settings.home / "logs" / "receiver.log",
                environment={**environment, "PGAPPNAME": SLOT},
            )
        )
        try:
            if begins or not self._has_base():
                create_base(self._settings)
            yield
        finally:
            process.stop()

    def deliver(self) -> str:
        """All that was committed before this call; up to which place of the log."""
        lsn = self._received()
        reached = self.archive.reached
        with drafts(self._settings) as folder:
            found = [] if reached and reached.lsn == lsn else self._new_segments()
            sealed = [(seal(path, folder / path.name, self._settings.key_ring), path) for path in found]
            self._deliver_files()  # before what names them
            for draft, path in sealed:
                self.archive.deliver(draft, path.name)
                self._forget(path)
        self.archive.say_reached(lsn)
        return lsn

    def end(self) -> None:
        """Gives the slot back, so that the server keeps nothing for an archive that is no longer wanted."""
        with database.connected(self._url, to_server=True) as connection:
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s",
                [SLOT],
            )

    def _ensure_slot(self) -> bool:
        """Whether it was made now: what was changed before it is not in the archive."""
        with database.connected(self._url, to_server=True) as connection:
            found = connection.execute(
                "SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
            ).fetchone()
            if found is not None and found[0] not in _LOST:
                return False
            if found is not None:
                _log.error("archive_has_a_gap", reason="the server kept no more of its log for it")
                connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
        for path in self._spool.iterdir():  # of a way that ended; the receiver would go on from there
            path.unlink()
        return True

    def _has_gap(self) -> bool:
        """Whether the receiver goes on behind what was delivered, with nothing in the spool to close the gap."""
        if any(self._spool.iterdir()):
            return False
        with database.connected(self._url, to_server=True) as connection:
            lsn, segment_bytes = connection.execute(_KEPT, [SLOT]).fetchone() or ("0/0", 1)
        reached = self.archive.reached
        first = lsn_number(str(lsn)) // segment_bytes * segment_bytes
        return reached is None or first > lsn_number(reached.lsn)

    def _has_base(self) -> bool:
        bases = list_backups(self._settings, Kind.BASE)
        return any(each.origin and each.origin.system == self.system for each in bases)

    def _received(self) -> str:
        """Waits until all that the server wrote by now is in the spool."""
        deadline = time.monotonic() + RECEIVE_SECONDS
        with database.connected(self._url, to_server=True) as connection:
            connection.autocommit = True
            (written,) = connection.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone() or ("0/0",)
            while True:
                (received,) = connection.execute(_RECEIVED, [SLOT]).fetchone() or (None,)
                if received is not None and lsn_number(str(received)) >= lsn_number(written):
                    return str(written)
                if time.monotonic() > deadline:
                    log = self._settings.home / "logs" / "receiver.log"
                    raise Unavailable(f"The database's log does not come in; see {log}.")
                time.sleep(0.05)

    def _new_segments(self) -> list[Path]:
        return sorted(
            path
            for path in self._spool.iterdir()
            if is_of_archive(path.name) and path.name not in self._delivered
        )

    def _forget(self, path: Path) -> None:
        """The partial one grows on; a history is asked for again when it is not there."""
        if path.suffix == ".history":
            self._delivered.add(path.name)
        elif path.suffix != PARTIAL:
            path.unlink(missing_ok=True)

    def _deliver_files(self) -> None:
        """Those of today and yesterday each time, all of them at the start and every hour."""
        if self._files is None:
            self._files = {
                name.removeprefix(FILES) for name in self._target.names(FILES.rstrip("/"), deep=True)
            }
        now = clock.now()
        if time.monotonic() - self._all_files_at > ALL_FILES_SECONDS or not self._all_files_at:
            keys = self._storage.keys()
            self._all_files_at = time.monotonic()
        else:
            days = {f"{moment:%Y/%m/%d}" for moment in (now, now - timedelta(days=1))}
            keys = [key for day in sorted(days) for key in self._storage.keys(day)]
        for key in keys:
            if key not in self._files:
                self._deliver_file(key)
                self._files.add(key)

    def _deliver_file(self, key: str) -> None:
        with drafts(self._settings) as folder:
            try:
                with self._storage.open_local(key) as path:
                    sealed = seal(path, folder / "sealed", self._settings.key_ring)
            except NotFound:
                return  # it expired since the list was made
            self._target.take(sealed, FILES + key)
