"""Recovery to a moment: a base and the changes after it, played by a server of its own in a folder of its own."""

import re
import shutil
import signal
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from hauberk.infra.backup import database
from hauberk.infra.backup.catalog import Backup, Kind, list_backups
from hauberk.infra.backup.creating import BASE, BASE_CHANGES
from hauberk.infra.backup.restoring import read_members
from hauberk.infra.backup.target import open_target
from hauberk.infra.backup.wal import PARTIAL, Archive
from hauberk.infra.backup.waldump import commit_before_drop
from hauberk.infra.embedded import providers
from hauberk.infra.embedded.identity import identity_for, owned_by_identity
from hauberk.infra.embedded.process import Process, Program
from hauberk.infra.embedded.sockets import socket_folder
from hauberk.infra.settings import Settings
from hauberk.infra.unpacking import unpack
from hauberk.kit.errors import Conflict, NotFound

RECOVERY_SECONDS = 6 * 3600.0
_LAST_COMMIT = re.compile(r"last completed transaction was at log time ([0-9-]+ [0-9:.]+)\+00")
_TOO_SHORT = "recovery ended before configured recovery target was reached"


@dataclass(frozen=True, slots=True)
class Moment:
    """Where recovery ends: at a time, before or with a place in the log, or with neither at the archive's end."""

    until: datetime | None = None
    lsn: str | None = None
    with_it: bool = False


@dataclass(frozen=True, slots=True)
class Recovered:
    """A server that has played all of it; it stops when the context ends."""

    url: str
    data: Path
    last_commit_at: datetime | None
    segments: int


def base_for(settings: Settings, until: datetime | None) -> Backup:
    """The newest base that was complete by then."""
    for each in list_backups(settings, Kind.BASE):
        if until is None or each.created_at <= until:
            return each
    if until is None:
        raise NotFound("base backup; with HAUBERK_BACKUP_POINT_IN_TIME one is made every day")
    raise NotFound(f"base backup from before {until:%Y-%m-%d %H:%M:%S}Z")


@contextmanager
def recovered(
    settings: Settings, base: Backup, folder: Path, moment: Moment, *, is_throwaway: bool = False
) -> Iterator[Recovered]:
    """Plays the base and what was archived after it; `is_throwaway` gives up durability for speed."""
    origin = base.origin
    assert origin is not None
    binaries = providers.postgres_binaries_of(origin.major, from_wheel=origin.is_embedded)
    data = folder / "data"
    _unpack(settings, base, data)
    segments = _fetch(settings, base, folder / "wal")
    sockets = socket_folder(folder)
    if moment.until and (
        lsn := commit_before_drop(binaries, folder / "wal", origin.first_segment, moment.until)
    ):
        moment = Moment(lsn=lsn, with_it=True)
    _configure(folder, sockets, moment, is_throwaway=is_throwaway)
    (data / "postgresql.auto.conf").write_text("", encoding="utf-8")  # what it says is for another machine
    (data / "recovery.signal").touch()
    identity = identity_for(data, binaries)
    owned_by_identity(identity, data, folder / "wal", sockets)
    configuration = (f"config_file={folder / 'recovery.conf'}", f"hba_file={folder / 'hba.conf'}")
    process = Process(
        Program(
            name="recovery",
            command=[
                *(str(binaries / "postgres"), "-D", str(data)),
                *(part for each in configuration for part in ("-c", each)),
            ],
            log=folder / "recovery.log",
            environment=providers.POSTGRES_ENVIRONMENT,
            stop_signal=signal.SIGINT,
            grace_seconds=60,
            identity=identity,
        )
    )
    url = f"postgresql://{origin.superuser}@/{origin.database}?host={sockets}"
    try:
        _wait(process, url)
        with database.connected(url):
            pass  # it was not being dropped at that moment
        yield Recovered(url, data, _last_commit(process.program.log), segments)
    finally:
        process.stop()


def _unpack(settings: Settings, base: Backup, data: Path) -> None:
    data.mkdir(mode=0o700, parents=True)

    def take(name: str, file: Path) -> None:
        with tarfile.open(file, "r:gz") as files:
            unpack(files, {BASE: data, BASE_CHANGES: data / "pg_wal"}[name])

    with open_target(settings).open_local(base.name) as file:
        read_members(settings, file, take)
    data.chmod(0o700)


def _fetch(settings: Settings, base: Backup, folder: Path) -> int:
    """Every segment from the base's first on, and all histories; how many."""
    assert base.origin is not None
    folder.mkdir(mode=0o700)
    archive = Archive(open_target(settings), base.origin.system, settings.key_ring)
    wanted = [
        name
        for name in archive.segments()
        if name.endswith(".history") or name[8:24] >= base.origin.first_segment[8:24]
    ]
    for name in wanted:
        archive.fetch(name, folder / name.removesuffix(PARTIAL))
    return len(wanted)


def _configure(folder: Path, sockets: Path, moment: Moment, *, is_throwaway: bool) -> None:
    """Nobody but this user reaches it: its socket lies in a private folder."""
    values = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "hot_standby": "off",
        "restore_command": f'cp "{str(folder / "wal").replace("%", "%%")}/%f" "%p"',
        "recovery_target_action": "promote",
        "shared_buffers": "128MB",
        "max_wal_size": "4GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "fsync": "off" if is_throwaway else "on",
    }
    if moment.until is not None:
        values["recovery_target_time"] = f"{moment.until.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    if moment.lsn is not None:
        values["recovery_target_lsn"] = moment.lsn
        values["recovery_target_inclusive"] = "on" if moment.with_it else "off"
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items()]
    (folder / "recovery.conf").write_text("".join(lines), encoding="utf-8")
    (folder / "hba.conf").write_text("local all all trust\n", encoding="utf-8")


def _wait(process: Process, url: str) -> None:
    """Until it has played everything and takes writes."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            with psycopg.connect(url, dbname="postgres", connect_timeout=5) as connection:
                if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                    return
        except psycopg.OperationalError as error:
            if process.exit_code() is not None:
                raise _explained(process) from error
        if time.monotonic() > deadline:
            raise Conflict(f"The recovery did not end in time.\n{process.last_words()}")
        time.sleep(0.1)


def _explained(process: Process) -> Conflict:
    said = process.program.log.read_text(encoding="utf-8", errors="replace")
    if _TOO_SHORT in said:
        last = _last_commit(process.program.log)
        reaches = f"its last change is of {last:%Y-%m-%d %H:%M:%S}Z" if last else "there is no change in it"
        return Conflict(
            f"The archive does not reach that moment: {reaches}. Ask for an earlier one, or for 'latest'."
        )
    return Conflict(f"The recovery failed.\n{process.last_words()}")


def _last_commit(log: Path) -> datetime | None:
    found = _LAST_COMMIT.findall(log.read_text(encoding="utf-8", errors="replace"))
    return datetime.fromisoformat(found[-1]).replace(tzinfo=UTC) if found else None


def keep_data(found: Path, home: Path) -> None:
    """Moves a stopped server's data to where the embedded one of this home looks for it."""
    for name in ("recovery.signal", "standby.signal"):
        (found / name).unlink(missing_ok=True)
    shutil.rmtree(home / "wal", ignore_errors=True)  # what was received of the way that ended here
    shutil.move(found, home / "postgres")
