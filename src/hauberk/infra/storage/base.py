"""What a storage can do, whatever keeps the bytes; keys are random names in a folder per day."""

import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hauberk.kit import clock
from hauberk.kit.errors import TooLarge

CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is durable now: its key, exact size and SHA-256 in hexadecimal."""

    key: str
    size_bytes: int
    sha256: str


class Storage(ABC):
    """Write once, read often; no file is ever changed in place."""

    @abstractmethod
    async def write(self, chunks: AsyncIterator[bytes], *, limit: int) -> StoredFile:
        """Keep a stream; durable when this returns. Raises `TooLarge` or `StorageFull`, and then keeps nothing."""

    @abstractmethod
    def write_file(self, path: Path, *, key: str | None = None) -> StoredFile:
        """Keep a local file, from a job; under its former key when it is restored."""

    @abstractmethod
    def read(self, key: str) -> AsyncIterator[bytes]:
        """The bytes in order; raises `NotFound`."""

    @abstractmethod
    def open_local(self, key: str) -> AbstractContextManager[Path]:
        """A local file with the bytes, while the context lasts; read only. Raises `NotFound`."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Deleting what is gone already is no error."""

    @abstractmethod
    async def exists(self, key: str) -> bool: ...

    @abstractmethod
    def delete_now(self, key: str) -> None:
        """As `delete`, from a job."""

    @abstractmethod
    def free_bytes(self) -> int | None:
        """Room that is left, or None where nobody can say; raises `Unavailable` when it has gone."""

    @abstractmethod
    def delete_drafts(self, before: datetime) -> int:
        """Deletes what a killed process left half written before then; answers how many files."""

    @abstractmethod
    def keys(self, day: str = "") -> list[str]:
        """Every key, or those of a day (`2027/01/31`); for backup and clean-up."""


class Meter:
    """Counts and hashes what passes, and stops at the limit."""

    def __init__(self, limit: int | None = None) -> None:
        self.size_bytes = 0
        self._limit = limit
        self._hash = hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        if self._limit is not None and self.size_bytes > self._limit:
            raise TooLarge(self._limit)
        self._hash.update(chunk)

    def stored(self, key: str) -> StoredFile:
        return StoredFile(key, self.size_bytes, self._hash.hexdigest())


def new_key() -> str:
    return f"{clock.now():%Y/%m/%d}/{secrets.token_hex(16)}"
