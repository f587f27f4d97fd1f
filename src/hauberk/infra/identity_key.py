"""The tenant's identity key: keys the hashes of leaked secrets in fingerprints, sealed under the installation's keys.

It is made once with the organization and never rotated (a new one would make every known secret a new finding); only
its sealing is renewed when the secret keys rotate.
"""

import secrets
from hashlib import blake2b

from hauberk.infra import envelope
from hauberk.infra.crypto import KeyRing
from hauberk.infra.envelope import Place, Sealed

_BYTES = 32


def make(key_ring: KeyRing, organization_id: int) -> Sealed:
    """A new key, sealed: what `organization.identity_key` holds."""
    return envelope.seal(key_ring, _place(organization_id), secrets.token_bytes(_BYTES))


def unseal(key_ring: KeyRing, organization_id: int, sealed: Sealed) -> bytes:
    return envelope.unseal(key_ring, _place(organization_id), sealed)


def for_elements(identity_key: bytes) -> bytes:
    """A key for hashes of report elements, safe to hand to a parser's process: nothing leads back from it."""
    return blake2b(b"elements", key=identity_key, digest_size=32).digest()


def _place(organization_id: int) -> Place:
    return Place("organization", "identity_key", organization_id, organization_id)
