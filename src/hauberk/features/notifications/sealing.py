"""The secret of a channel: encrypted under the installation's keys, bound to its row, opened only to send."""

import json
from typing import Any

from hauberk.infra import envelope
from hauberk.infra.crypto import KeyRing
from hauberk.infra.envelope import Place, Sealed


def seal_secret(key_ring: KeyRing, organization_id: int, channel_id: int, secret: dict[str, Any]) -> Sealed:
    return envelope.seal(key_ring, _place(organization_id, channel_id), json.dumps(secret).encode())


def open_secret(key_ring: KeyRing, channel: Any) -> dict[str, Any]:
    """Raises `Undecipherable` when its key is gone, or when it was another row's."""
    if channel.secret is None:
        return {}
    place = _place(channel.organization_id, channel.id)
    found: dict[str, Any] = json.loads(envelope.unseal(key_ring, place, channel.secret))
    return found


def _place(organization_id: int, channel_id: int) -> Place:
    return Place("notification_channel", "secret", organization_id, channel_id)
