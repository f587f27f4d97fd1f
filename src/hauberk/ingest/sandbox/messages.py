"""The child's words to its parent: MessagePack with its length before it, bounded, because the child is not trusted."""

import os
import struct
from collections.abc import Iterator
from typing import Any

import msgspec

MAX_BYTES = 16 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class Refused(msgspec.Struct, frozen=True):
    code: str
    message: str
    position: str | None = None


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of these. `missing` comes first: what the system refused to confine."""

    missing: list[str] | None = None
    progress: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    refused: Refused | None = None
    crashed: str | None = None
    was_denied: bool = False
    """With `refused` or `crashed`: the system refused what it tried."""


class TooMuchError(Exception):
    """A message, or all of them, longer than anything that a task has to say."""


def send(descriptor: int, message: Message) -> None:
    body = msgspec.msgpack.encode(message)
    if len(body) > MAX_BYTES:
        raise TooMuchError(f"a message of {len(body):,} bytes")
    rest = memoryview(_LENGTH.pack(len(body)) + body)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Inbox:
    """Puts messages together from what arrives."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._total = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Raises TooMuchError or msgspec.DecodeError."""
        self._data += data
        self._total += len(data)
        if self._total > 4 * MAX_BYTES:
            raise TooMuchError(f"more than {4 * MAX_BYTES:,} bytes of messages")
        while len(self._data) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._data)
            if length > MAX_BYTES:
                raise TooMuchError(f"a message of {length:,} bytes")
            if len(self._data) < _LENGTH.size + length:
                return
            body = bytes(self._data[_LENGTH.size : _LENGTH.size + length])
            del self._data[: _LENGTH.size + length]
            yield msgspec.msgpack.decode(body, type=Message)
