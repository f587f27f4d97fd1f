"""Gets a feed's file, if it is another one than the one that is loaded, and opens it within its limits."""

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, cast

from hauberk.features.feeds.feed import MIB, Feed, FeedRefused
from hauberk.features.feeds.source import Source, SourceKind
from hauberk.infra.http import BlockingOutbound, Destination, Limits, Trust, blocking_outbound, register
from hauberk.infra.settings import Settings
from hauberk.kit import clock

SMALLEST_MOVE: Final = 512 * 1024
FEEDS: Final = register(
    Destination(
        "feed",
        "Published knowledge about vulnerabilities (EPSS, known exploited)",
        trust=Trust.OPERATOR,
        limits=Limits(connect=5, read=30, total=300, max_bytes=64 * MIB, max_expanded_bytes=256 * MIB),
        redirects=3,
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """By what a publisher recognises the file that is loaded already."""

    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file, at its beginning; `file` is None where it is the one that is known.

    `heard_at` is when its publisher gave it: now, or when somebody put it where it was found.
    """

    file: BinaryIO | None
    known: Known
    heard_at: datetime


@contextmanager
def fetched(settings: Settings, feed: Feed, source: Source, known: Known) -> Iterator[Fetched]:
    """Raises `FeedRefused`, or what the outgoing client raises."""
    with TemporaryFile() as file:
        heard_at = clock.now()
        if source.kind is SourceKind.FILE:
            found: Known | None = _copy(feed, Path(source.place), file)
            heard_at = min(heard_at, datetime.fromtimestamp(Path(source.place).stat().st_mtime, UTC))
        else:
            with blocking_outbound(settings) as http:
                found = _download(http, feed, source.place, known, file)
        if found is None or found.content_hash == known.content_hash:
            yield Fetched(None, found or known, heard_at)
            return
        file.seek(0)
        yield Fetched(file, found, heard_at)


def _copy(feed: Feed, path: Path, file: BinaryIO) -> Known:
    """A copy, because the file may be replaced while it is read."""
    try:
        with path.open("rb") as given:
            shutil.copyfileobj(_Bounded(given, feed.max_bytes), file, SMALLEST_MOVE)
    except OSError as error:
        raise FeedRefused(f"The file {path} cannot be read ({error.strerror}).") from error
    return Known(content_hash=_hash(file))


def _download(http: BlockingOutbound, feed: Feed, url: str, known: Known, file: BinaryIO) -> Known | None:
    headers = {}
    if known.content_hash and known.etag:
        headers["if-none-match"] = known.etag
    if known.content_hash and known.last_modified:
        headers["if-modified-since"] = known.last_modified
    bounded = _Bounded(file, feed.max_bytes)
    answer = http.send(FEEDS, "GET", url, headers=headers, sink=bounded.write)
    if answer.status == 304 and headers:
        return None
    if answer.status != 200:
        raise FeedRefused(f"{url} answered {answer.status} instead of 200.")
    return Known(_short(answer.headers.get("etag")), _short(answer.headers.get("last-modified")), _hash(file))


def _short(value: str | None) -> str | None:
    return value if value and len(value) <= 500 and value.isprintable() and value.isascii() else None


def _hash(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for block in iter(partial(file.read, MIB), b""):
        digest.update(block)
    return digest.hexdigest()


@contextmanager
def unpacked(feed: Feed, file: BinaryIO) -> Iterator[BinaryIO]:
    """What is in it, packed with gzip or not; reading stops at the limit, whatever it claims to hold."""
    is_packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    inside = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if is_packed else file
    try:
        yield cast("BinaryIO", _Bounded(inside, feed.max_expanded_bytes))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FeedRefused("The file is damaged: it cannot be unpacked to its end.") from error


class _Bounded:
    """A file of which no more than so many bytes go in or out."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._left = limit

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._file.read(self._left + 1 if size < 0 else min(size, self._left + 1)))

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._file.readline(size))

    def write(self, block: bytes) -> Any:
        return self._file.write(self._counted(block))

    def _counted(self, block: bytes) -> bytes:
        self._left -= len(block)
        if self._left < 0:
            raise FeedRefused(f"It is larger than the limit of {self._limit:,} bytes.")
        return block
