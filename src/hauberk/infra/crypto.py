"""Cryptography: keys derived by purpose from the installation's secret keys, encryption, signatures.

The newest secret key encrypts and signs; every listed one still decrypts and verifies, so a rotation logs nobody
out. A purpose (`"session"`, `"backup"`) separates keys: what was made for one is worthless for another.
"""

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
_VERSION = 1


class Undecipherable(Exception):
    """No listed secret key opens this: it was changed, cut off, or made under a key that is gone."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One secret key; `kid` names it in what was made with it."""

    kid: str
    material: bytes = field(repr=False)


class KeyRing:
    """All accepted secret keys, newest first."""

    def __init__(self, keys: Sequence[SecretKey]) -> None:
        if not keys:
            raise ValueError("a key ring needs at least one secret key")
        self._keys = tuple(keys)

    @cached_property
    def kids(self) -> tuple[str, ...]:
        return tuple(key.kid for key in self._keys)

    def derive(self, purpose: str, *, kid: str | None = None) -> bytes:
        """The 32-byte key for `purpose` under the newest secret key, or under the one named."""
        return derive(self._keys[0] if kid is None else self._named(kid), purpose)

    def encrypt(self, purpose: str, plain: bytes, *, context: bytes = b"") -> bytes:
        """AES-256-GCM; `context` (a row's id, say) must be given again to open it."""
        newest = self._keys[0]
        nonce = os.urandom(NONCE_BYTES)
        head = _head(newest.kid)
        sealed = AESGCM(derive(newest, purpose)).encrypt(nonce, plain, head + context)
        return head + nonce + sealed

    def decrypt(self, purpose: str, sealed: bytes, *, context: bytes = b"") -> bytes:
        kid_end = 2 + (sealed[1] if len(sealed) > 1 else 0)
        head, nonce, body = (
            sealed[:kid_end],
            sealed[kid_end : kid_end + NONCE_BYTES],
            sealed[kid_end + NONCE_BYTES :],
        )
        if len(body) < 16 or head[0] != _VERSION:
            raise Undecipherable("this is not something that Hauberk encrypted")
        key = self._named(head[2:].decode("utf-8", "replace"))
        try:
            return AESGCM(derive(key, purpose)).decrypt(nonce, body, head + context)
        except InvalidTag as error:
            raise Undecipherable("it was changed, or made for another purpose") from error

    def sign(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 under the newest key."""
        return _hmac(self._keys[0], purpose, message)

    def verify(self, purpose: str, message: bytes, signature: bytes) -> bool:
        """Whether any accepted key made this signature."""
        return any(equal(_hmac(key, purpose, message), signature) for key in self._keys)

    def fingerprints(self) -> dict[str, str]:
        """By key id, a short hash that tells keys apart and says nothing about them."""
        return {key.kid: derive(key, "fingerprint")[:8].hex() for key in self._keys}

    def _named(self, kid: str) -> SecretKey:
        for key in self._keys:
            if key.kid == kid:
                return key
        raise Undecipherable(f"the secret key {kid[:40]!r} is not in HAUBERK_SECRET_KEYS any more")


def derive(key: SecretKey, purpose: str) -> bytes:
    info = b"hauberk/v1/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key.material)


def equal(left: bytes, right: bytes) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(left, right)


def _hmac(key: SecretKey, purpose: str, message: bytes) -> bytes:
    return hmac.digest(derive(key, purpose), message, "sha256")


def _head(kid: str) -> bytes:
    name = kid.encode()
    return bytes([_VERSION, len(name)]) + name
