"""Secrets at rest: each value is encrypted under a data key of its own, and the data key under a secret key.

Both are bound to the row and column that the value belongs to: carried to another row, column or organization it does
not open. When the secret keys rotate only the wrapping of the data key is made again; the value itself is not touched
and is nowhere in the clear. In the bytes stand: version, id of the secret key, wrapped data key, encrypted value.
"""

import json
import os
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hauberk.infra.crypto import KEY_BYTES, NONCE_BYTES, KeyRing, Undecipherable

VERSION: Final = 2
_FIRST_VERSION: Final = 1  # without a data key: the secret key's own derivative encrypted the value
_PURPOSE: Final = "data-key"
_TAG_BYTES: Final = 16
_WRAPPED_BYTES: Final = NONCE_BYTES + KEY_BYTES + _TAG_BYTES
_MOVED: Final = "It was changed, or it was written for another row."


@dataclass(frozen=True, slots=True)
class Place:
    """The row and column of a value. `before` is how the first version of it was bound: its purpose and context."""

    table: str
    column: str
    organization_id: int
    id: int

    @property
    def text(self) -> bytes:
        named = {
            "table": self.table,
            "column": self.column,
            "organization": self.organization_id,
            "id": self.id,
        }
        return json.dumps(named, sort_keys=True, separators=(",", ":")).encode()

    @property
    def before(self) -> tuple[str, bytes]:
        if self.table == "organization":
            return "identity-key", b""
        return "notification-channel", f"{self.organization_id}/{self.id}".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted value, as it is stored."""

    raw: bytes = field(repr=False)

    @property
    def version(self) -> int:
        return self.raw[0] if self.raw else 0

    @property
    def kid(self) -> str:
        """The id of the secret key that it takes to open this."""
        return self._head[2:].decode("ascii", "replace")

    @property
    def _head(self) -> bytes:
        return self.raw[: 2 + (self.raw[1] if len(self.raw) > 1 else 0)]

    @property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        """Head, wrapped data key, encrypted value."""
        head = self._head
        body = len(head) + _WRAPPED_BYTES
        if self.version != VERSION or len(self.raw) < body + NONCE_BYTES + _TAG_BYTES:
            raise Undecipherable("This is not something that Hauberk encrypted.")
        return head, self.raw[len(head) : body], self.raw[body:]


def seal(key_ring: KeyRing, place: Place, plain: bytes) -> Sealed:
    data_key = os.urandom(KEY_BYTES)
    value = _encrypt(data_key, plain, _value_context(place))
    return Sealed(_wrapped(key_ring, place, data_key) + value)


def unseal(key_ring: KeyRing, place: Place, sealed: Sealed) -> bytes:
    """Raises `Undecipherable` when its secret key is gone, when it was changed, and when it is another row's."""
    if sealed.version == _FIRST_VERSION:
        return _unseal_first_version(key_ring, place, sealed)
    _, _, value = sealed.parts
    return _decrypt(_data_key(key_ring, place, sealed), value, _value_context(place))


def wrap_again(key_ring: KeyRing, place: Place, sealed: Sealed) -> Sealed:
    """The same value with its data key under the newest secret key. Raises what `unseal` raises."""
    if sealed.version == _FIRST_VERSION:
        return seal(key_ring, place, unseal(key_ring, place, sealed))
    _, _, value = sealed.parts
    return Sealed(_wrapped(key_ring, place, _data_key(key_ring, place, sealed)) + value)


def _wrapped(key_ring: KeyRing, place: Place, data_key: bytes) -> bytes:
    kid = key_ring.kids[0]
    head = bytes([VERSION, len(kid)]) + kid.encode("ascii")
    return head + _encrypt(key_ring.derive(_PURPOSE, kid=kid), data_key, head + place.text)


def _data_key(key_ring: KeyRing, place: Place, sealed: Sealed) -> bytes:
    head, wrapped, _ = sealed.parts
    return _decrypt(key_ring.derive(_PURPOSE, kid=sealed.kid), wrapped, head + place.text)


def _unseal_first_version(key_ring: KeyRing, place: Place, sealed: Sealed) -> bytes:
    purpose, context = place.before
    head = sealed.raw[: 2 + len(sealed.kid)]
    return _decrypt(key_ring.derive(purpose, kid=sealed.kid), sealed.raw[len(head) :], head + context)


def _value_context(place: Place) -> bytes:
    return bytes([VERSION]) + place.text


def _encrypt(key: bytes, plain: bytes, context: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def _decrypt(key: bytes, encrypted: bytes, context: bytes) -> bytes:
    if len(encrypted) < NONCE_BYTES + _TAG_BYTES:
        raise Undecipherable("This is not something that Hauberk encrypted.")
    try:
        return AESGCM(key).decrypt(encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:], context)
    except InvalidTag as error:
        raise Undecipherable(_MOVED) from error
