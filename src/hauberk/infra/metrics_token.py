"""What the product asks itself for its metrics with, where no token is set for others: only who has the secret keys can make it."""

from typing import Final

from hauberk.infra.crypto import KeyRing

_PURPOSE: Final = "metrics"
_WORD: Final = b"asked by the product itself"


def make(key_ring: KeyRing) -> str:
    return key_ring.sign(_PURPOSE, _WORD).hex()


def is_right(key_ring: KeyRing, given: str) -> bool:
    try:
        return key_ring.verify(_PURPOSE, _WORD, bytes.fromhex(given))
    except ValueError:
        return False
