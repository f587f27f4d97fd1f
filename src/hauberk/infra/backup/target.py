"""Where backups lie: a folder or an object store, seen as files with names; each is there whole or not at all."""

import os
import secrets
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import obstore
from obstore.store import ObjectStore, from_url

from hauberk.infra.settings import Settings
from hauberk.kit.errors import NotFound

_PART_BYTES = 8 * 1024 * 1024
DRAFT = ".draft-"


class Target(ABC):
    """Names may have folders in them; taking a name again replaces what it was."""

    @abstractmethod
    def names(self, folder: str = "", *, deep: bool = False) -> dict[str, int]:
        """What is in the folder, or also below it, with its size in bytes."""

    @abstractmethod
    def take(self, source: Path, name: str) -> None:
        """Durable when this returns; the source is gone or may go."""

    @abstractmethod
    def open_local(self, name: str) -> AbstractContextManager[Path]:
        """A local file with the bytes, while the context lasts. Raises `NotFound`."""

    @abstractmethod
    def begin(self, name: str, size: int) -> bytes:
        """So many of its first bytes, or all when there are fewer. Raises `NotFound`."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Deleting what is gone already is no error."""

    def read(self, name: str) -> bytes:
        with self.open_local(name) as path:
            return path.read_bytes()

    def write(self, name: str, content: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="hauberk-") as folder:
            path = Path(folder) / "content"
            path.write_bytes(content)
            self.take(path, name)


def open_target(settings: Settings) -> Target:
    if settings.backup.url:
        return _Objects(from_url(settings.backup.url))
    settings.backup_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _Folder(settings.backup_folder)


@contextmanager
def drafts(settings: Settings) -> Iterator[Path]:
    """A folder for what is on its way into the target or out of it: where the room for backups is, not in /tmp."""
    settings.backup_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.backup_folder, prefix=DRAFT) as folder:
        yield Path(folder)


class _Folder(Target):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, folder: str = "", *, deep: bool = False) -> dict[str, int]:
        found = {}
        for path in (self._folder / folder).glob("**/*" if deep else "*"):
            name = path.relative_to(self._folder)
            if not any(part.startswith(DRAFT) for part in name.parts) and path.is_file():
                found[name.as_posix()] = path.stat().st_size
        return found

    def take(self, source: Path, name: str) -> None:
        target = self._folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if source.stat().st_dev != target.parent.stat().st_dev:
            draft = target.with_name(f"{DRAFT}{secrets.token_hex(8)}")
            shutil.copyfile(source, draft)
            source = draft
        source.chmod(0o600)
        _sync(source)
        source.replace(target)
        _sync(target.parent)

    @contextmanager
    def open_local(self, name: str) -> Iterator[Path]:
        path = self._folder / name
        if not path.is_file():
            raise NotFound("backup", name)
        yield path

    def begin(self, name: str, size: int) -> bytes:
        with self.open_local(name) as path, path.open("rb") as file:
            return file.read(size)

    def delete(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)


class _Objects(Target):
    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def names(self, folder: str = "", *, deep: bool = False) -> dict[str, int]:
        prefix = folder or None
        if not deep:
            listed = obstore.list_with_delimiter(self._store, prefix)["objects"]
            return {each["path"]: each["size"] for each in listed}
        return {each["path"]: each["size"] for batch in obstore.list(self._store, prefix) for each in batch}

    def take(self, source: Path, name: str) -> None:
        obstore.put(self._store, name, source, use_multipart=True, chunk_size=_PART_BYTES)

    @contextmanager
    def open_local(self, name: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(prefix="hauberk-") as file:
            try:
                found = obstore.get(self._store, name)
            except FileNotFoundError as error:
                raise NotFound("backup", name) from error
            for chunk in found.stream(min_chunk_size=_PART_BYTES):
                file.write(chunk)
            file.flush()
            yield Path(file.name)

    def begin(self, name: str, size: int) -> bytes:
        try:
            whole = obstore.head(self._store, name)["size"]
            return bytes(obstore.get_range(self._store, name, start=0, end=min(size, whole)))
        except FileNotFoundError as error:
            raise NotFound("backup", name) from error

    def delete(self, name: str) -> None:
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
