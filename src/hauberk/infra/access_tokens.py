"""Access tokens: signed JSON web tokens of a quarter of an hour, for service accounts that exchanged their credentials.

They say who somebody is and nothing of what he may do: that is looked up at each use, so a right taken away is gone at
once. Each secret key of the installation gives one Ed25519 key pair; the newest signs, all that are listed verify. There
is one algorithm and one form of header, and what has another is not looked at further: no `none`, no key confusion, no
`crit`, no address to fetch a key from.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hauberk.infra.crypto import KeyRing

ALGORITHM: Final = "Ed25519"
TYPE: Final = "at+jwt"
AUDIENCE: Final = "hauberk-api"
LIFETIME_SECONDS: Final = 900
CLOCKS_APART_SECONDS: Final = 30
MAX_CHARS: Final = 2000
_PURPOSE: Final = "access-token"


class NotAnAccessToken(Exception):
    """It is none of ours, was changed, or its time is over. Why is for the logs, never for who sent it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """`credential` names the client secret that was exchanged: with it the token ends."""

    client_id: str
    credential: str
    expires_at: int


class AccessTokens:
    """Issues and verifies them for one installation: `issuer` is its address."""

    def __init__(self, key_ring: KeyRing, issuer: str) -> None:
        self._key_ring = key_ring
        self._issuer = issuer

    @cached_property
    def _pairs(self) -> dict[str, Ed25519PrivateKey]:
        """By key id, the newest first."""
        made = [
            Ed25519PrivateKey.from_private_bytes(self._key_ring.derive(_PURPOSE, kid=kid))
            for kid in self._key_ring.kids
        ]
        return {_thumbprint(pair.public_key()): pair for pair in made}

    def issue(self, *, client_id: str, credential: str) -> str:
        kid, pair = next(iter(self._pairs.items()))
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": client_id,
            "cid": credential,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        signed = f"{_encode_json({'alg': ALGORITHM, 'kid': kid, 'typ': TYPE})}.{_encode_json(claims)}"
        return f"{signed}.{_encode(pair.sign(signed.encode()))}"

    def verify(self, token: str) -> Claims:
        """Raises `NotAnAccessToken`."""
        if len(token) > MAX_CHARS or token.count(".") != 2:
            raise NotAnAccessToken("form")
        signed, _, signature = token.rpartition(".")
        head, _, body = signed.partition(".")
        header = _decode_json(head)
        if set(header) != {"alg", "kid", "typ"} or header["alg"] != ALGORITHM or header["typ"] != TYPE:
            raise NotAnAccessToken("header")
        pair = self._pairs.get(header["kid"]) if isinstance(header["kid"], str) else None
        if pair is None:
            raise NotAnAccessToken("key")
        try:
            pair.public_key().verify(_decode(signature), signed.encode("ascii", "strict"))
        except (InvalidSignature, UnicodeError) as error:
            raise NotAnAccessToken("signature") from error
        return self._checked(_decode_json(body))

    def _checked(self, claims: dict[str, Any]) -> Claims:
        now = time.time()
        if claims.get("iss") != self._issuer or claims.get("aud") != AUDIENCE:
            raise NotAnAccessToken("issuer or audience")
        issued_at, expires_at = claims.get("iat"), claims.get("exp")
        client_id, credential = claims.get("sub"), claims.get("cid")
        if type(issued_at) is not int or type(expires_at) is not int:
            raise NotAnAccessToken("time")
        if not isinstance(client_id, str) or not isinstance(credential, str):
            raise NotAnAccessToken("names")
        is_early = issued_at > now + CLOCKS_APART_SECONDS
        if expires_at <= now or is_early or expires_at - issued_at > LIFETIME_SECONDS:
            raise NotAnAccessToken("time")
        return Claims(client_id, credential, expires_at)

    def public_keys(self) -> dict[str, Any]:
        """The JSON web key set: of each listed secret key the public half."""
        return {
            "keys": [
                {"kty": "OKP", "crv": "Ed25519", "x": _encode(pair.public_key().public_bytes_raw()),
                 "kid": kid, "alg": ALGORITHM, "use": "sig"}
                for kid, pair in self._pairs.items()
            ]
        }  # fmt: skip


def looks_like_one(text: str) -> bool:
    return text.count(".") == 2


def _thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638: a name that tells nothing of the secret key it came from."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": _encode(key.public_bytes_raw())}
    return _encode(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode_json(value: dict[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _decode(text: str) -> bytes:
    """Exactly what `_encode` makes: a second spelling of the same bytes would be a second token."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise NotAnAccessToken("base64") from error
    if _encode(raw) != text:
        raise NotAnAccessToken("base64")
    return raw


def _decode_json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(_decode(text))
    except (ValueError, RecursionError) as error:
        raise NotAnAccessToken("JSON") from error
    if not isinstance(value, dict):
        raise NotAnAccessToken("JSON")
    return value
