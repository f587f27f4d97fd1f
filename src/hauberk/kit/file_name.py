"""Names of files that people send: only ever shown, never used as a path."""

import re
from typing import Final

MAX_CHARS: Final = 300
UNSHOWN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # control, turns of direction


def shown(name: str | None) -> str | None:
    """Without what would disturb a line of text."""
    return None if name is None else UNSHOWN.sub("", name)[:MAX_CHARS]
