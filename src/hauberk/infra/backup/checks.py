"""What is asked of backups: recent, whole, encrypted, kept by a rule, and restored to prove them."""

import asyncio
import io
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

import hauberk
from hauberk.infra.backup.archiver import SLOT
from hauberk.infra.backup.catalog import Backup, list_backups
from hauberk.infra.backup.catalog import Kind as BackupKind
from hauberk.infra.backup.creating import file_hash
from hauberk.infra.backup.drills import RESTORE
from hauberk.infra.backup.sealing import CHUNK_BYTES, MAX_HEADER_BYTES, SealedReader
from hauberk.infra.backup.target import open_target
from hauberk.infra.backup.wal import Archive
from hauberk.infra.crypto import Undecipherable
from hauberk.infra.readiness import (
    Answer,
    Kind,
    Probe,
    Record,
    RecordKind,
    failed,
    flaw,
    passed,
    readiness,
    warned,
)
from hauberk.infra.readiness.evidence import released
from hauberk.infra.settings import Settings
from hauberk.kit import clock

HOURS = 26  # once a day, and some room for how long one takes
SNAPSHOT_HOURS = 24
AHEAD_HOURS = 0.25
FIRST_BYTES = MAX_HEADER_BYTES + 2 * CHUNK_BYTES
RESTORE_DAYS = 8
HASHED_BYTES = 16 * 1024**3
ARCHIVE_ROUNDS = 10
READ_CHANGES_BYTES = 1024**3
_SEGMENT_BYTES = "select pg_size_bytes(current_setting('wal_segment_size'))"
_IS_RECEIVED = "select active from pg_replication_slots where slot_name = :slot"
_ARCHIVER = "Look whether 'hauberk archiver' runs, and at its log."
_NEW_BASE = "Run 'hauberk backup create --base' for a new beginning, and find out who changes the backups."
_MAKE = "Run 'hauberk backup create'; see docs/operations/backup-and-restore.md."


@dataclass(frozen=True, slots=True)
class Looked:
    """The newest backup: what is seen of it in a sentence, or why it is none."""

    backup: Backup | None
    seen: str
    wrong: str | None = None


@readiness("INF-3", timeout=60)
async def backups(probe: Probe) -> Answer:
    settings = probe.inside.settings
    looked = await asyncio.to_thread(_newest, settings, HOURS)
    if looked.wrong:
        return failed(looked.wrong, _MAKE, kind=Kind.RECORD)
    kept = f"kept: the newest {settings.backup.keep}, others {settings.backup.keep_days} days"
    async with probe.inside.engine.connect() as connection:
        segment_bytes = await connection.scalar(text(_SEGMENT_BYTES))
        is_received = await connection.scalar(text(_IS_RECEIVED), {"slot": SLOT})
    if settings.has_point_in_time and is_received is False:
        return failed(f"{looked.seen} Nobody receives what the database changes now.", _ARCHIVER)
    archive = await asyncio.to_thread(_archive_flaw, settings, int(segment_bytes or 0))
    if archive:
        return failed(f"{looked.seen} {archive[0]}", archive[1])
    record = await probe.records.newest(RecordKind.DRILL, RESTORE)
    return _with_restore(f"{looked.seen} Encrypted; {kept}.", record)


def _with_restore(seen: str, record: Record | None) -> Answer:
    """A restore that another build proved is not nothing, and not enough."""
    advice = f"Run 'hauberk drill {RESTORE}'; it runs by itself every week."
    why = flaw(record, timedelta(days=RESTORE_DAYS))
    if record is None:
        return failed(f"{seen} No restore of one is on record.", advice, kind=Kind.RECORD)
    when = f"{record.finished_at:%Y-%m-%d %H:%M}"
    if not record.has_passed:
        return failed(
            f"{seen} The restore drill of {when} failed: {record.evidence}", advice, kind=Kind.RECORD
        )
    if clock.now() - record.finished_at > timedelta(days=RESTORE_DAYS):
        return failed(f"{seen} The last restore drill is of {when}.", advice, kind=Kind.RECORD)
    if why:
        return warned(f"{seen} {why}.", advice, kind=Kind.RECORD)
    return passed(f"{seen} Restore drill of {when}: {record.evidence}", kind=Kind.RECORD)


@readiness("LCH-1", timeout=60)
async def snapshot(probe: Probe) -> Answer:
    """A backup of this day, and a release to go back to: named by the settings or the build, or seen in a backup."""
    settings = probe.inside.settings
    looked = await asyncio.to_thread(_newest, settings, SNAPSHOT_HOURS)
    if looked.wrong or looked.backup is None:
        return failed(looked.wrong or looked.seen, _MAKE, kind=Kind.RECORD)
    build = looked.backup.build
    earlier = next((each.build for each in list_backups(settings) if each.build != build), None)
    evidence = await released(probe)
    named = settings.release.previous
    if hauberk.__version__ in (named, named.rpartition(":")[2]):  # two wheels may have the same version
        return failed(
            f"{looked.seen} HAUBERK_RELEASE_PREVIOUS names {named}, which is this release.",
            "Name the one before it: a rollback goes there.",
            kind=Kind.CONFIG,
        )
    if previous := named or evidence.parts.get("previous_release") or earlier:
        return passed(f"{looked.seen} The release before is {previous}.", kind=Kind.RECORD)
    return warned(
        f"{looked.seen} No release before this one ({build}) is known.",
        "Set HAUBERK_RELEASE_PREVIOUS to what a rollback goes to; before a first launch this snapshot is the way back.",
        kind=Kind.RECORD,
    )


def _newest(settings: Settings, hours: float) -> Looked:
    """Its age, and its bytes looked at again: a file that was cut or changed is no backup."""
    kept = list_backups(settings)
    known = [each for each in kept if each.environment == settings.environment.value]
    if not known:
        why = f"There is no backup{f' of {settings.environment}, only of others' if kept else ''}."
        return Looked(None, why, why)
    newest = known[0]
    age = (clock.now() - newest.created_at).total_seconds() / 3600
    seen = (
        f"The newest of {len(known)} backups is {age:.1f} hours old, a {newest.kind} of {newest.size_bytes:,} bytes,"
        f" SHA-256 {newest.sha256[:16]}…"
    )
    if age > hours:
        return Looked(newest, seen, f"{seen}: older than {hours:g} hours.")
    if age < -AHEAD_HOURS:
        return Looked(newest, seen, f"{seen}: a clock is wrong, and how old it is nobody knows.")
    wrong = _flaw_of_file(settings, newest)
    how = (
        "compared"
        if _is_read(settings, newest.size_bytes)
        else "opened, all its bytes left to the restore drill"
    )
    return Looked(newest, f"{seen}, {how}.", wrong)


def _flaw_of_file(settings: Settings, backup: Backup) -> str | None:
    target = open_target(settings)
    size = target.names()[backup.name]
    if size != backup.size_bytes:
        return f"{backup.name} has {size:,} bytes instead of {backup.size_bytes:,}."
    try:
        sealed = SealedReader(io.BytesIO(target.begin(backup.name, FIRST_BYTES)), settings.key_ring)
        sealed.read(1)  # with which its own word of itself is proved
    except Undecipherable as error:
        return f"{backup.name} does not open with the secret keys of here: {error}."
    if sealed.header.get("created_at") != backup.created_at.isoformat():
        return f"{backup.name} was made at {sealed.header.get('created_at')}, and not when its note says."
    if not _is_read(settings, size):
        return None
    with target.open_local(backup.name) as path:
        if file_hash(path) != backup.sha256:
            return f"{backup.name} has another checksum than was noted when it was made."
    return None


def _is_read(settings: Settings, size: int) -> bool:
    """One that is far away or very large is not fetched for a look: the restore drill reads all of it."""
    return not settings.backup.url and size <= HASHED_BYTES


def _archive_flaw(settings: Settings, segment_bytes: int) -> tuple[str, str] | None:
    """With recovery to any moment: whether the archive is being delivered, and leads from the newest base to its end."""
    if not settings.has_point_in_time:
        return None
    bases = [each for each in list_backups(settings, BackupKind.BASE) if each.origin]
    target = open_target(settings)
    archives = {
        each.origin.system: Archive(target, each.origin.system, settings.key_ring)
        for each in bases
        if each.origin
    }
    found = {system: reached for system, each in archives.items() if (reached := each.reached)}
    if not found:
        return "Nothing of the changes is archived.", _ARCHIVER
    newest = max(found.values(), key=lambda each: each.delivered_at)
    age = (clock.now() - newest.delivered_at).total_seconds()
    if age > max(300, ARCHIVE_ROUNDS * settings.backup.archive_seconds):
        return f"The archive of changes was last delivered to {age / 60:.0f} minutes ago.", _ARCHIVER
    origin = next(each.origin for each in bases if each.origin)
    reached = found.get(origin.system)
    if reached is None:
        return None  # a base of a server whose first changes come in just now
    archive = archives[origin.system]
    if lost := archive.lacks(origin.first_segment, reached.lsn, segment_bytes):
        gap = (
            f"{len(lost)} segment(s) are missing, the first …{lost[0]}; moments after it cannot be restored."
        )
        return f"The archive of changes has a gap: {gap}", _NEW_BASE
    if settings.backup.url or archive.bytes_from(origin.first_segment) > READ_CHANGES_BYTES:
        return None
    if name := archive.damaged(origin.first_segment):
        return (
            f"Segment {name} of the archive of changes was changed or cut off; moments after it cannot be restored.",
            _NEW_BASE,
        )
    return None
