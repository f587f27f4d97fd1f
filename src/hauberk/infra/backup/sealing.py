"""A stream encrypted in chunks (AES-256-GCM), so that a backup of any size is written and checked in little memory.

Each chunk's nonce carries its number and whether it is the last: none can be left out, moved, repeated or cut off.
The key is made for this file alone, from a secret key and a random salt; the header is authenticated with each chunk.
"""

import io
import json
import os
import struct
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hauberk.infra.crypto import KeyRing, Undecipherable

MAGIC = b"hauberk backup 1\n"
CHUNK_BYTES = 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
_TAG_BYTES = 16
_NONCE = struct.Struct(">QI")  # number of the chunk, 1 for the last


class SealedWriter(io.RawIOBase):
    """Takes plain bytes, writes sealed ones; `close` writes the last chunk and leaves the target open."""

    def __init__(self, target: BinaryIO, keys: KeyRing, header: dict[str, Any]) -> None:
        kid, salt = keys.kids[0], os.urandom(16)
        self._target = target
        self._head = MAGIC + json.dumps({**header, "kid": kid, "salt": salt.hex()}).encode() + b"\n"
        self._cipher = AESGCM(keys.derive(f"backup/{salt.hex()}", kid=kid))
        self._pending = bytearray()
        self._number = 0
        target.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, plain: Any) -> int:
        self._pending += plain
        while len(self._pending) > CHUNK_BYTES:
            self._seal(bytes(self._pending[:CHUNK_BYTES]), is_last=False)
            del self._pending[:CHUNK_BYTES]
        return len(plain)

    def finish(self) -> None:
        self._seal(bytes(self._pending), is_last=True)
        self._pending.clear()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_NONCE.pack(self._number, is_last), plain, self._head))
        self._number += 1


class SealedReader(io.RawIOBase):
    """The plain bytes again; raises `Undecipherable` where the file is not what was written."""

    def __init__(self, source: BinaryIO, keys: KeyRing) -> None:
        self._source = source
        self.header, self._head = read_header(source)
        self._cipher = AESGCM(keys.derive(f"backup/{self.header['salt']}", kid=str(self.header["kid"])))
        self._number = 0
        self._plain = memoryview(b"")
        self._next = source.read(CHUNK_BYTES + _TAG_BYTES)
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain and not self._is_over:
            self._open_chunk()
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def _open_chunk(self) -> None:
        sealed, self._next = self._next, self._source.read(CHUNK_BYTES + _TAG_BYTES)
        self._is_over = not self._next
        try:
            plain = self._cipher.decrypt(_NONCE.pack(self._number, self._is_over), sealed, self._head)
        except (InvalidTag, ValueError) as error:
            raise Undecipherable("the backup was changed or cut off") from error
        self._plain = memoryview(plain)
        self._number += 1


def read_header(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """What a backup says of itself without its key, and the bytes that say so."""
    magic = source.read(len(MAGIC))
    line = source.readline(MAX_HEADER_BYTES) if magic == MAGIC else b""
    try:
        header = json.loads(line)
    except ValueError as error:
        raise Undecipherable("this is not a backup of Hauberk") from error
    if not isinstance(header, dict) or not {"kid", "salt"} <= header.keys():
        raise Undecipherable("this is not a backup of Hauberk")
    return header, magic + line
