"""Storage in an object store (S3, Google Cloud, Azure), streamed in parts through obstore."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import obstore
from obstore.store import ObjectStore

from hauberk.infra.storage.base import CHUNK_BYTES, Meter, Storage, StoredFile, new_key
from hauberk.kit.errors import NotFound

PART_BYTES = 8 * CHUNK_BYTES


class ObjectStorage(Storage):
    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def write(self, chunks: AsyncIterator[bytes], *, limit: int) -> StoredFile:
        meter = Meter(limit)
        key = new_key()

        async def metered() -> AsyncIterator[bytes]:
            async for chunk in chunks:
                meter.add(chunk)
                yield chunk

        await obstore.put_async(self._store, key, metered(), use_multipart=True, chunk_size=PART_BYTES)
        return meter.stored(key)

    def write_file(self, path: Path, *, key: str | None = None) -> StoredFile:
        meter = Meter()
        key = key or new_key()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                meter.add(chunk)
        obstore.put(self._store, key, path, use_multipart=True, chunk_size=PART_BYTES)
        return meter.stored(key)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        try:
            found = await obstore.get_async(self._store, key)
        except FileNotFoundError as error:
            raise NotFound("stored file", key) from error
        async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)

    def open_local(self, key: str) -> AbstractContextManager[Path]:
        return self._local(key)

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    def delete_now(self, key: str) -> None:
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return

    async def exists(self, key: str) -> bool:
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def free_bytes(self) -> int | None:
        return None

    def delete_drafts(self, before: datetime) -> int:  # noqa: ARG002
        """None are seen here: the store's own lifecycle rule ends unfinished uploads."""
        return 0

    def keys(self, day: str = "") -> list[str]:
        listed = obstore.list(self._store, prefix=day or None)
        return sorted(each["path"] for batch in listed for each in batch)

    @contextmanager
    def _local(self, key: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(prefix="hauberk-") as file:
            try:
                found = obstore.get(self._store, key)
            except FileNotFoundError as error:
                raise NotFound("stored file", key) from error
            for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
                file.write(chunk)
            file.flush()
            yield Path(file.name)
