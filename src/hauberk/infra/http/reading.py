"""Answers: read piece by piece, counted on the wire and again unpacked, and given up at the first byte too many."""

import json
import zlib
from collections.abc import AsyncIterable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hauberk.infra.http.destinations import Limits
from hauberk.infra.http.errors import CallFailed

PIECE_BYTES = 64 * 1024
_GZIP_OR_ZLIB = 47

Sink = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The names of `headers` are in lower case; `body` is empty where a sink took it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise CallFailed("bad_answer", "The answer is not JSON.") from error


async def read_body(
    stream: AsyncIterable[bytes], headers: dict[str, str], limits: Limits, sink: Sink | None
) -> bytes:
    """The whole body, or nothing of it in memory where a sink takes the pieces."""
    pieces: list[bytes] = []
    take = sink or pieces.append
    unpack = _unpacker(headers.get("content-encoding", ""), limits)
    received = 0
    async for chunk in stream:
        received += len(chunk)
        if received > limits.max_bytes:
            raise too_large(limits.max_bytes)
        for piece in unpack(chunk):
            take(piece)
    return b"".join(pieces)


def too_large(limit: int) -> CallFailed:
    return CallFailed("too_large", f"The answer is larger than {limit:,} bytes.")


def _unpacker(encoding: str, limits: Limits) -> Callable[[bytes], Iterator[bytes]]:
    if encoding.strip().lower() in ("", "identity"):
        return lambda chunk: iter((chunk,))
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise CallFailed("bad_answer", "The answer is packed in a way that was not asked for.")
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    size = 0

    def unpack(chunk: bytes) -> Iterator[bytes]:
        nonlocal size
        while chunk and not unpacking.eof:
            try:
                piece = unpacking.decompress(chunk, PIECE_BYTES)
            except zlib.error as error:
                raise CallFailed("bad_answer", "The answer cannot be unpacked.") from error
            size += len(piece)
            if size > limits.max_expanded_bytes:
                raise too_large(limits.max_expanded_bytes)
            yield piece
            chunk = unpacking.unconsumed_tail

    return unpack
