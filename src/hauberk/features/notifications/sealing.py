"""The secret of a channel: encrypted under the installation's keys, bound to its row, opened only to send."""

import json
from typing import Any, Final

from hauberk.infra.crypto import KeyRing

PURPOSE: Final = "notification-channel"


def seal_secret(key_ring: KeyRing, organization_id: int, channel_id: int, secret: dict[str, Any]) -> bytes:
    return key_ring.encrypt(
        PURPOSE, json.dumps(secret).encode(), context=_context(organization_id, channel_id)
    )


def open_secret(key_ring: KeyRing, channel: Any) -> dict[str, Any]:
    """Raises `Undecipherable` when its key is gone, or when it was another row's."""
    if channel.secret is None:
        return {}
    plain = key_ring.decrypt(PURPOSE, channel.secret, context=_context(channel.organization_id, channel.id))
    found: dict[str, Any] = json.loads(plain)
    return found


def _context(organization_id: int, channel_id: int) -> bytes:
    return f"{organization_id}/{channel_id}".encode()
