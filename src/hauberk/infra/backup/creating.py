"""Making a backup: the dump or the files of the database first, then what is stored, so that whatever it names is there."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from hauberk import __version__
from hauberk.infra.backup import catalog, database
from hauberk.infra.backup.catalog import Backup, Kind, Origin
from hauberk.infra.backup.sealing import SealedWriter
from hauberk.infra.backup.target import Target, drafts, open_target
from hauberk.infra.backup.wal import segment_at
from hauberk.infra.settings import Settings
from hauberk.infra.storage import Storage, open_storage
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, NotFound

DUMP = "database.dump"
STORED = "storage/"
MANIFEST = "manifest.json"
BASE = "base.tar.gz"
BASE_CHANGES = "pg_wal.tar.gz"
_BLOCK_BYTES = 1024 * 1024

_ORIGIN = """
SELECT (SELECT system_identifier::text FROM pg_control_system()), current_setting('server_version_num')::int / 10000,
       (SELECT rolname FROM pg_roles WHERE oid = 10), current_database(),
       pg_size_bytes(current_setting('wal_segment_size'))
"""


@dataclass
class Draft:
    """What becomes a backup; members are added in order, the manifest with their checksums comes last."""

    archive: tarfile.TarFile
    members: dict[str, dict[str, Any]]

    def add(self, name: str, path: Path) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = path.stat().st_size, 0o600
        with path.open("rb") as file:
            self.archive.addfile(entry, file)
        self.members[name] = {"size": entry.size, "sha256": file_hash(path)}

    def add_stored(self, storage: Storage) -> int:
        """Every stored file; how many there are."""
        before = len(self.members)
        for key in storage.keys():  # noqa: SIM118 - not a mapping
            try:
                with storage.open_local(key) as path:
                    self.add(STORED + key, path)
            except NotFound:
                continue  # it expired since the list was made
        return len(self.members) - before


def create_backup(settings: Settings) -> Backup:
    """Database and storage in one encrypted file; afterwards those backups that are old enough are deleted."""
    url = database.backup_url(settings)
    with drafts(settings) as folder:
        about = {**_about(settings, url), "contents": database.dump(url, folder / DUMP), "roles": _roles(url)}
        with _sealed(settings, folder, about) as draft:
            draft.add(DUMP, folder / DUMP)
            files = draft.add_stored(open_storage(settings))
        made = _keep(settings, folder, Kind.DUMP, about, files=files)
    catalog.delete_old(settings)
    return made


def create_base(settings: Settings) -> Backup:
    """The database's files as they are: where the way through the archive of changes begins."""
    url = database.backup_url(settings)
    with drafts(settings) as folder:
        database.copy_files(url, folder / "files")
        about = _about(settings, url)  # of its end: from then on it leads to every moment
        if extra := [
            each.name for each in (folder / "files").glob("*.tar.gz") if each.name not in (BASE, BASE_CHANGES)
        ]:
            raise Conflict(
                f"The database has tablespaces ({', '.join(extra)}); a base backup takes none with it."
            )
        origin = _origin(url, json.loads((folder / "files" / "backup_manifest").read_text(encoding="utf-8")))
        with _sealed(settings, folder, about) as draft:
            for name in (BASE, BASE_CHANGES):
                draft.add(name, folder / "files" / name)
        made = _keep(settings, folder, Kind.BASE, about, files=0, origin=origin)
    catalog.delete_old(settings)
    return made


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _about(settings: Settings, url: str) -> dict[str, Any]:
    return {
        "created_at": clock.now().replace(microsecond=0).isoformat(),
        "build": __version__,
        "environment": settings.environment.value,
        "schema_revision": database.schema_revision(url),
    }


def _roles(url: str) -> list[str]:
    """Those that the dump may name: a server to try it on needs them."""
    with database.connected(url) as connection:
        found = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1"
        ).fetchall()
    return [name for (name,) in found]


def _origin(url: str, manifest: Mapping[str, Any]) -> Origin:
    with database.connected(url) as connection:
        row = connection.execute(_ORIGIN).fetchone()
    assert row is not None
    system, major, superuser, name, segment_bytes = row
    first = manifest["WAL-Ranges"][0]
    return Origin(
        system=system,
        major=str(major),
        superuser=superuser,
        database=name,
        is_embedded=str(psycopg.conninfo.conninfo_to_dict(url).get("host") or "").startswith("/"),
        first_segment=segment_at(first["Timeline"], first["Start-LSN"], segment_bytes),
    )


@contextmanager
def _sealed(settings: Settings, folder: Path, about: Mapping[str, Any]) -> Iterator[Draft]:
    """The sealed archive in the folder."""
    header = {name: about[name] for name in ("created_at", "build", "environment", "schema_revision")}
    with (folder / "sealed").open("xb") as file:
        sealed = SealedWriter(file, settings.key_ring, header)
        with tarfile.open(
            fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BLOCK_BYTES
        ) as archive:
            draft = Draft(archive, {})
            yield draft
            manifest = json.dumps({**about, "members": draft.members}).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(manifest)
            archive.addfile(entry, io.BytesIO(manifest))
        sealed.finish()


def _keep(
    settings: Settings,
    folder: Path,
    kind: Kind,
    about: Mapping[str, Any],
    *,
    files: int,
    origin: Origin | None = None,
) -> Backup:
    target, sealed = open_target(settings), folder / "sealed"
    created_at = datetime.fromisoformat(about["created_at"])
    made = Backup(
        name=_free_name(target, f"hauberk-{created_at:%Y%m%dT%H%M%SZ}{'' if kind is Kind.DUMP else '-base'}"),
        kind=kind,
        created_at=created_at,
        size_bytes=sealed.stat().st_size,
        sha256=file_hash(sealed),
        build=about["build"],
        environment=about["environment"],
        schema_revision=about["schema_revision"],
        files=files,
        origin=origin,
    )
    target.take(sealed, made.name)
    catalog.note(target, made)
    return made


def _free_name(target: Target, stem: str) -> str:
    taken = target.names()
    number, name = 1, stem + catalog.SUFFIX
    while name in taken:
        number += 1
        name = f"{stem}-{number}{catalog.SUFFIX}"
    return name
