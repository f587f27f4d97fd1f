"""Signed links by which whoever was called acknowledges without signing in.

A link names the alert and the person and ends after a day; opening it changes nothing (mail programs open links on
their own), only the button on its page does.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hauberk.infra.crypto import KeyRing
from hauberk.kit import clock
from hauberk.kit.errors import NotFound

PURPOSE: Final = "alert-acknowledgement"
LIFETIME: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Link:
    """Who may acknowledge what."""

    organization_id: int
    user_id: int
    dedup_key: str
    expires_at: datetime


def write(key_ring: KeyRing, *, organization_id: int, user_id: int, dedup_key: str) -> str:
    expires = int((clock.now() + LIFETIME).timestamp())
    body = json.dumps([organization_id, user_id, dedup_key, expires], separators=(",", ":")).encode()
    return f"{_encode(body)}.{_encode(key_ring.sign(PURPOSE, body))}"


def read(key_ring: KeyRing, token: str) -> Link:
    """Raises `NotFound` for what was not made here and for what is over, alike."""
    body, _, signature = token.partition(".")
    try:
        content = _decode(body)
        is_ours = key_ring.verify(PURPOSE, content, _decode(signature))
    except (binascii.Error, ValueError):
        is_ours = False
    if not is_ours:
        raise NotFound("such link", code="link_over")
    organization_id, user_id, dedup_key, expires = json.loads(content)
    link = Link(organization_id, user_id, dedup_key, datetime.fromtimestamp(expires, UTC))
    if link.expires_at <= clock.now():
        raise NotFound("such link", code="link_over")
    return link


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
