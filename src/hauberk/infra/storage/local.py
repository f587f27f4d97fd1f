"""Storage in a local folder: a private draft, fsync, rename, fsync of the folder; so a key always names whole bytes."""

import errno
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from anyio import to_thread

from hauberk.infra.storage.base import CHUNK_BYTES, Meter, Storage, StoredFile, new_key
from hauberk.kit.errors import NotFound, StorageFull, Unavailable

_KEY = re.compile(r"\d{4}/\d\d/\d\d/[0-9a-f]{32}")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_DRAFTS = ".drafts"


class LocalStorage(Storage):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._was_there = False

    async def write(self, chunks: AsyncIterator[bytes], *, limit: int) -> StoredFile:
        meter = Meter(limit)
        with _refusing_when_full():
            draft, file = await to_thread.run_sync(self._open_draft)
            try:
                pending = bytearray()
                async for chunk in chunks:
                    meter.add(chunk)
                    pending += chunk
                    if len(pending) >= CHUNK_BYTES:
                        await to_thread.run_sync(file.write, bytes(pending))
                        pending.clear()
                file.write(pending)
                return meter.stored(await to_thread.run_sync(self._keep, draft, file))
            finally:
                draft.unlink(missing_ok=True)  # first: on a full disk the closing fails too
                file.close()

    def write_file(self, path: Path, *, key: str | None = None) -> StoredFile:
        meter = Meter()
        with _refusing_when_full(), path.open("rb") as source:
            draft, file = self._open_draft()
            try:
                while chunk := source.read(CHUNK_BYTES):
                    meter.add(chunk)
                    file.write(chunk)
                return meter.stored(self._keep(draft, file, key))
            finally:
                draft.unlink(missing_ok=True)
                file.close()

    async def read(self, key: str) -> AsyncIterator[bytes]:
        with await to_thread.run_sync(self._open, key) as file:
            while chunk := await to_thread.run_sync(file.read, CHUNK_BYTES):
                yield chunk

    def open_local(self, key: str) -> AbstractContextManager[Path]:
        return self._local(key)

    async def delete(self, key: str) -> None:
        await to_thread.run_sync(self.delete_now, key)

    def delete_now(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    async def exists(self, key: str) -> bool:
        return await to_thread.run_sync(self._path(key).is_file)

    def free_bytes(self) -> int | None:
        self._find_folder()
        if not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
            raise Unavailable("The storage cannot be written to.")
        return shutil.disk_usage(self.folder).free

    def delete_drafts(self, before: datetime) -> int:
        deleted = 0
        for draft in (self.folder / _DRAFTS).glob("*"):
            with suppress(FileNotFoundError):  # it was finished or given up this very moment
                if draft.stat().st_mtime < before.timestamp():
                    draft.unlink()
                    deleted += 1
        return deleted

    def keys(self, day: str = "") -> list[str]:
        found = (path.relative_to(self.folder).as_posix() for path in self.folder.glob(f"{day or '*/*/*'}/*"))
        return sorted(key for key in found if _KEY.fullmatch(key))

    def _find_folder(self) -> None:
        """Made when it was never there; one that has gone is not made again, or an unmounted disk would go unnoticed."""
        if not self._was_there:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._was_there = True
        elif not self.folder.is_dir():
            raise Unavailable("The storage is not there just now.")

    @contextmanager
    def _local(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise NotFound("stored file", key)
        yield path

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotFound("stored file", key[:80])
        return self.folder / key

    def _open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise NotFound("stored file", key) from error

    def _open_draft(self) -> tuple[Path, BinaryIO]:
        self._find_folder()
        drafts = self.folder / _DRAFTS
        drafts.mkdir(mode=0o700, exist_ok=True)
        draft = drafts / secrets.token_hex(16)
        return draft, os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def _keep(self, draft: Path, file: BinaryIO, key: str | None = None) -> str:
        file.flush()
        os.fsync(file.fileno())
        key = key or new_key()
        target = self._path(key)
        made = [folder for folder in target.parents if not folder.exists()]
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.rename(target)
        try:
            for folder in {target.parent, *(each.parent for each in made)}:
                _sync_folder(folder)
        except BaseException:
            target.unlink(missing_ok=True)  # not durable, so not kept
            raise
        return key


@contextmanager
def _refusing_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # some network file systems cannot sync a folder; the file itself is synced
        os.fsync(descriptor)
    os.close(descriptor)
