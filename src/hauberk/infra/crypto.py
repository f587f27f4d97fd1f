"""Cryptography: keys derived by purpose from the installation's secret keys, and signatures.

The newest secret key encrypts and signs; every listed one still decrypts and verifies, so a rotation logs nobody
out. A purpose (`"session"`, `"backup"`) separates keys: what was made for one is worthless for another. Values are
encrypted by `envelope`, files by `backup.sealing`.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class Undecipherable(Exception):
    """No listed secret key opens this: it was changed, cut off, or made under a key that is gone."""


class SecretKeyMissing(Undecipherable):
    """It was made under a secret key that is not listed any more; the message says what to do."""

    def __init__(self, kid: str) -> None:
        super().__init__(
            f"It takes the secret key {kid[:40]!r}, which is not in HAUBERK_SECRET_KEYS. Put it back behind the newest"
            " one (one that Hauberk made by itself is in secrets.json of its home), start again, run 'hauberk secret"
            " rotate', and take it out when 'hauberk secret rotate --check' says that nothing needs it."
        )
        self.kid = kid


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

    def sign(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 under the newest key."""
        return _hmac(self._keys[0], purpose, message)

    def signer(self, purpose: str, message: bytes, signature: bytes) -> str | None:
        """The id of the accepted key that made this signature."""
        return next((key.kid for key in self._keys if equal(_hmac(key, purpose, message), signature)), None)

    def verify(self, purpose: str, message: bytes, signature: bytes) -> bool:
        """Whether any accepted key made this signature."""
        return self.signer(purpose, message, signature) is not None

    def fingerprints(self) -> dict[str, str]:
        """By key id, a short hash that tells keys apart and says nothing about them."""
        return {key.kid: derive(key, "fingerprint")[:8].hex() for key in self._keys}

    def _named(self, kid: str) -> SecretKey:
        for key in self._keys:
            if key.kid == kid:
                return key
        raise SecretKeyMissing(kid)


def derive(key: SecretKey, purpose: str) -> bytes:
    info = b"hauberk/v1/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key.material)


def equal(left: bytes, right: bytes) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(left, right)


def _hmac(key: SecretKey, purpose: str, message: bytes) -> bytes:
    return hmac.digest(derive(key, purpose), message, "sha256")
