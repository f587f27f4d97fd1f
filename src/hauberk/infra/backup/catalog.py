"""The backups of an installation: what each one holds, and which are old enough to go."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from hauberk.infra.backup.target import Target, open_target
from hauberk.infra.settings import Settings
from hauberk.kit import clock
from hauberk.kit.errors import NotFound

SUFFIX = ".backup"
_NOTE = ".json"


class Kind(StrEnum):
    """A dump holds everything by itself; a base is where the way through the archive of changes begins."""

    DUMP = "dump"
    BASE = "base"


@dataclass(frozen=True, slots=True)
class Origin:
    """The server that a base was taken of: only the same major version can read it."""

    system: str
    major: str
    superuser: str
    database: str
    is_embedded: bool
    first_segment: str


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup and what was noted of it; `sha256` is of the encrypted file."""

    name: str
    kind: Kind
    created_at: datetime
    size_bytes: int
    sha256: str
    build: str
    environment: str
    schema_revision: str | None
    files: int
    origin: Origin | None = None


def list_backups(settings: Settings, kind: Kind | None = None) -> list[Backup]:
    """Newest first; one whose file is gone is no backup."""
    target = open_target(settings)
    sizes = target.names()
    notes = [name for name in sizes if "/" not in name and name.endswith(SUFFIX + _NOTE)]
    found = [_read_note(target, name) for name in notes]
    there = [each for each in found if each and each.name in sizes and kind in (None, each.kind)]
    return sorted(there, key=lambda each: each.created_at, reverse=True)


def note(target: Target, backup: Backup) -> None:
    """Beside the backup, for whoever wants to know its age and checksum without a key."""
    content = {**asdict(backup), "created_at": backup.created_at.isoformat()}
    target.write(backup.name + _NOTE, (json.dumps(content, indent=1) + "\n").encode())


def delete_old(settings: Settings) -> Sequence[Backup]:
    """Of those of each kind beyond the newest `keep`, the ones older than `keep_days`."""
    oldest = clock.now() - timedelta(days=settings.backup.keep_days)
    target = open_target(settings)
    gone = []
    for kind in Kind:
        spare = list_backups(settings, kind)[settings.backup.keep :]
        gone += [each for each in spare if each.created_at < oldest]
    for each in gone:
        target.delete(each.name)
        target.delete(each.name + _NOTE)
    return gone


def named(settings: Settings, reference: str) -> Backup | None:
    """The backup of that name, or whose file that path is."""
    return next((each for each in list_backups(settings) if each.name == Path(reference).name), None)


def _read_note(target: Target, name: str) -> Backup | None:
    """None for one that cannot be read: it must not hide the others."""
    try:
        content = json.loads(target.read(name))
        origin = content.get("origin")
        return Backup(
            **{
                **content,
                "kind": Kind(content["kind"]),
                "created_at": datetime.fromisoformat(content["created_at"]),
                "origin": Origin(**origin) if origin else None,
            }
        )
    except (ValueError, KeyError, TypeError, NotFound):
        return None
