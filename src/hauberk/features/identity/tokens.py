"""The secrets that are handed out: API tokens, session cookies, one-time links. Only their hashes are kept.

Each has 256 random bits, so a plain SHA-256 is enough: there is nothing to guess, and nothing to slow down.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

PREFIX = "hbk"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PUBLIC_CHARS = 12
_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class ApiToken:
    """`hbk_<public id>_<secret>`: the first finds it and may be shown, the second proves it."""

    public_id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        return f"{PREFIX}_{self.public_id}_{self.secret}"


def new_token() -> ApiToken:
    return ApiToken("".join(secrets.choice(_ALPHABET) for _ in range(_PUBLIC_CHARS)), new_secret())


def parse(text: str) -> ApiToken | None:
    """None for what cannot be one of ours."""
    prefix, _, rest = text.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != PREFIX or len(text) > _MAX_CHARS or len(public_id) != _PUBLIC_CHARS or not secret:
        return None
    return ApiToken(public_id, secret) if all(each in _ALPHABET for each in public_id) else None


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
