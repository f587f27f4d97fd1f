"""The backups of an installation: what each one holds, and which are old enough to go."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hauberk.infra.settings import Settings
from hauberk.kit import clock

SUFFIX = ".backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup and what was noted of it; `sha256` is of the encrypted file."""

    path: Path
    created_at: datetime
    size_bytes: int
    sha256: str
    build: str
    environment: str
    schema_revision: str | None
    files: int


def list_backups(settings: Settings) -> list[Backup]:
    """Newest first."""
    found = (_read_note(note) for note in settings.backup_folder.glob(f"*{SUFFIX}.json"))
    return sorted((each for each in found if each), key=lambda each: each.created_at, reverse=True)


def note(backup: Backup) -> None:
    """Beside the backup, for whoever wants to know its age and checksum without a key."""
    content = {**asdict(backup), "path": backup.path.name, "created_at": backup.created_at.isoformat()}
    _note_of(backup.path).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def delete_old(settings: Settings) -> Sequence[Backup]:
    """Of those beyond the newest `keep`, the ones older than `keep_days`."""
    oldest = clock.now() - timedelta(days=settings.backup.keep_days)
    gone = [each for each in list_backups(settings)[settings.backup.keep :] if each.created_at < oldest]
    for each in gone:
        each.path.unlink(missing_ok=True)
        _note_of(each.path).unlink(missing_ok=True)
    return gone


def _read_note(path: Path) -> Backup | None:
    """None when its backup is gone."""
    content = json.loads(path.read_text(encoding="utf-8"))
    backup = path.with_name(content["path"])
    if not backup.exists():
        return None
    return Backup(**{**content, "path": backup, "created_at": datetime.fromisoformat(content["created_at"])})


def _note_of(backup: Path) -> Path:
    return backup.with_name(backup.name + ".json")
