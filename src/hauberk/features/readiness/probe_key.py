"""The key to the probe routes: a signature of the minute, which only who has the installation's secret keys can make."""

import hashlib
import time

from hauberk.infra.crypto import KeyRing

HEADER = "X-Hauberk-Probe"
STATEMENTS = "X-Hauberk-Statements"
PATH = "/api/v1/readiness/probe"
_PURPOSE = "readiness-probe"
_LIFETIME = 120


def make(key_ring: KeyRing) -> str:
    moment = str(int(time.time()))
    return f"{moment}.{key_ring.sign(_PURPOSE, moment.encode()).hex()}"


def is_right(key_ring: KeyRing, given: str) -> bool:
    moment, _, signature = given.partition(".")
    try:
        raw = bytes.fromhex(signature)
        age = time.time() - int(moment)
    except ValueError:
        return False
    return -5 <= age <= _LIFETIME and key_ring.verify(_PURPOSE, moment.encode(), raw)


def digest(given: str) -> str:
    """Names a key without giving it away."""
    return hashlib.blake2b(given.encode("utf-8", "replace"), digest_size=16).hexdigest()
