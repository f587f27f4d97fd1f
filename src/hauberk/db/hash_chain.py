"""Links of a hash chain: each is the hash of what is kept and of all that was kept before it.

Whoever changes, removes or adds a link afterwards breaks the chain from there on. The audit trail is such a chain, and
what is on record for readiness is another one, whose links are signed besides.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def link(previous: bytes, content: Mapping[str, Any]) -> bytes:
    """The hash of a content at its place: `link(b"", {"position": 1, …})` is the first one."""
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + body.encode()).digest()
