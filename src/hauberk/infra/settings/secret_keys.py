"""Secrets: how one is made, what makes one too weak, and how `HAUBERK_SECRET_KEYS` is read."""

import hashlib
import math
import re
import secrets
from collections import Counter

from hauberk.infra.crypto import SecretKey

MIN_CHARS = 43
MIN_BITS_PER_CHAR = 4.2
MIN_HEX_DIGITS = 64
MIN_HEX_BITS_PER_CHAR = 3.0

_PLACEHOLDER = re.compile(
    r"change.?(me|this|it)|your.?(super|secret|own|key|password|random)|placeholder|example|replace.?(me|this|with)"
    r"|insert.?(your|here)|generated?.?key.?here|secret.?key|super.?secret|django.insecure|password|xxxx|<.*>",
    re.IGNORECASE,
)
_KID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


def new_secret() -> str:
    """A fresh `kid:secret`: 256 random bits under a random name."""
    return f"k{secrets.token_hex(4)}:{secrets.token_urlsafe(32)}"


def parse(entry: str) -> SecretKey:
    """`kid:secret`, or a bare secret, which is named after its own hash."""
    kid, separator, secret = entry.partition(":")
    if separator and secret and _KID.fullmatch(kid):
        return SecretKey(kid, secret.encode())
    return SecretKey("h" + hashlib.sha256(entry.encode()).hexdigest()[:8], entry.encode())


def weakness(secret: str) -> str | None:
    """Why this cannot protect a real installation, or None. It says "looks random", never "is random"."""
    if _PLACEHOLDER.search(secret):
        return "is a placeholder from an example"
    if re.fullmatch(r"[0-9a-fA-F]+", secret):
        if len(secret) < MIN_HEX_DIGITS:
            return f"has {len(secret)} hexadecimal digits and needs at least {MIN_HEX_DIGITS}"
        return None if bits_per_char(secret) >= MIN_HEX_BITS_PER_CHAR else "does not look random"
    if len(secret) < MIN_CHARS:
        return f"has {len(secret)} characters and needs at least {MIN_CHARS}"
    return None if bits_per_char(secret) >= MIN_BITS_PER_CHAR else "does not look random"


def bits_per_char(text: str) -> float:
    """Shannon's entropy of the characters as they occur."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
