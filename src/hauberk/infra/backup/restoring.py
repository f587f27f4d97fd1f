"""Reading a backup again: to verify all of it, or to restore it into an empty database and storage."""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from hauberk.infra.backup import database
from hauberk.infra.backup.catalog import SUFFIX
from hauberk.infra.backup.creating import DUMP, MANIFEST, STORED
from hauberk.infra.backup.sealing import SealedReader
from hauberk.infra.backup.target import drafts, open_target
from hauberk.infra.crypto import Undecipherable
from hauberk.infra.settings import Settings
from hauberk.infra.storage import Storage, open_storage
from hauberk.kit.errors import Conflict, NotFound

_BLOCK_BYTES = 1024 * 1024
Take = Callable[[str, Path], None]


def verify_backup(settings: Settings, reference: str) -> dict[str, Any]:
    """Decrypt everything, compare every checksum, let PostgreSQL read the dump; the backup's manifest."""

    def take(name: str, file: Path) -> None:
        if name == DUMP:
            database.check_dump(file)

    with opened(settings, reference) as path:
        return read_members(settings, path, take)


def restore_backup(settings: Settings, reference: str) -> dict[str, Any]:
    """Into an empty database and storage, or not at all; what is in it is verified first."""
    url = database.backup_url(settings)
    if not database.is_empty(url):
        raise Conflict("The database is not empty; a backup is only restored into an empty one.")
    if DUMP not in verify_backup(settings, reference)["members"]:
        raise Conflict("This is a base for a recovery: use 'hauberk backup restore --until TIME'.")
    with opened(settings, reference) as path:
        return restore_into(settings, path, url, open_storage(settings))


def restore_into(settings: Settings, path: Path, url: str, storage: Storage) -> dict[str, Any]:
    """A dump's backup into a database and a storage, whosesoever they are."""

    def take(name: str, file: Path) -> None:
        if name == DUMP:
            database.restore(url, file)
        else:
            storage.write_file(file, key=name.removeprefix(STORED))

    return read_members(settings, path, take)


@contextmanager
def opened(settings: Settings, reference: str) -> Iterator[Path]:
    """A file of that path or, where the backups lie, of that name."""
    path = Path(reference)
    if path.is_file():
        yield path
    elif path.name == reference and reference.endswith(SUFFIX):
        with open_target(settings).open_local(reference) as found:
            yield found
    else:
        raise NotFound("backup", reference)


def read_members(settings: Settings, path: Path, take: Take) -> dict[str, Any]:
    """Each member in a file of its own while `take` looks at it; the manifest, which fits all of them."""
    try:
        with path.open("rb") as file, drafts(settings) as folder:
            return _take_members(settings, file, folder, take)
    except Undecipherable as error:
        raise Conflict(f"{path.name}: {error}.") from error
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise Conflict(f"{path.name} is damaged: {error}.") from error


def _take_members(settings: Settings, file: BinaryIO, folder: Path, take: Take) -> dict[str, Any]:
    seen: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    sealed = SealedReader(file, settings.key_ring)
    with tarfile.open(fileobj=sealed, mode="r|", bufsize=_BLOCK_BYTES) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is None:
                raise Conflict(f"The backup has a member of an unknown kind: {entry.name}.")
            with closing(content):
                if entry.name == MANIFEST:
                    manifest = json.loads(content.read())
                    continue
                target = folder / "member"
                seen[entry.name] = _copy(content, target)
            take(entry.name, target)
    while sealed.read(_BLOCK_BYTES):  # to the last chunk: only that one proves that nothing was cut off
        continue
    if manifest is None or manifest["members"] != seen:
        raise Conflict("The backup does not hold what its manifest says.")
    return manifest


def _copy(source: Any, target: Path) -> dict[str, Any]:
    total = hashlib.sha256()
    size = 0
    with target.open("wb") as file:
        while block := source.read(_BLOCK_BYTES):
            total.update(block)
            size += file.write(block)
    return {"size": size, "sha256": total.hexdigest()}
