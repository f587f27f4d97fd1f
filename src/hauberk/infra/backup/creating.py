"""Making a backup: the dump first, then every stored file, so that whatever the dump names is there."""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from hauberk import __version__
from hauberk.infra.backup import catalog, database
from hauberk.infra.backup.catalog import Backup
from hauberk.infra.backup.sealing import SealedWriter
from hauberk.infra.settings import Settings
from hauberk.infra.storage import open_storage
from hauberk.kit import clock
from hauberk.kit.errors import NotFound

DUMP = "database.dump"
STORED = "storage/"
MANIFEST = "manifest.json"
_BLOCK_BYTES = 1024 * 1024


def create_backup(settings: Settings) -> Backup:
    """One encrypted file in the backup folder; afterwards those that are old enough are deleted."""
    folder = settings.backup_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    created_at = clock.now().replace(microsecond=0)
    path = _free_name(folder / f"hauberk-{created_at:%Y%m%dT%H%M%SZ}{catalog.SUFFIX}")
    revision = database.schema_revision(settings)
    about = {
        "created_at": created_at.isoformat(),
        "build": __version__,
        "environment": settings.environment.value,
        "schema_revision": revision,
    }
    with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as drafts:
        draft = Path(drafts) / path.name
        dump = Path(drafts) / DUMP
        database.dump(settings, dump)
        with draft.open("xb") as file:
            files = _write(settings, file, dump, about)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    backup = Backup(
        path=path,
        created_at=created_at,
        size_bytes=path.stat().st_size,
        sha256=file_hash(path),
        build=__version__,
        environment=settings.environment.value,
        schema_revision=revision,
        files=files,
    )
    catalog.note(backup)
    catalog.delete_old(settings)
    return backup


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(settings: Settings, target: BinaryIO, dump: Path, about: dict[str, Any]) -> int:
    """The sealed archive; its manifest comes last, when all checksums are known. How many stored files it has."""
    storage = open_storage(settings)
    members: dict[str, dict[str, Any]] = {}
    sealed = SealedWriter(target, settings.key_ring, about)
    with tarfile.open(fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BLOCK_BYTES) as archive:
        members[DUMP] = _add(archive, DUMP, dump)
        for key in storage.keys():  # noqa: SIM118 - not a mapping
            try:
                with storage.open_local(key) as path:
                    members[STORED + key] = _add(archive, STORED + key, path)
            except NotFound:
                continue  # it expired since the list was made
        manifest = json.dumps({**about, "members": members}).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(manifest)
        archive.addfile(entry, io.BytesIO(manifest))
    sealed.finish()
    return len(members) - 1


def _add(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = path.stat().st_size, 0o600
    with path.open("rb") as file:
        archive.addfile(entry, file)
    return {"size": entry.size, "sha256": file_hash(path)}


def _free_name(path: Path) -> Path:
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
