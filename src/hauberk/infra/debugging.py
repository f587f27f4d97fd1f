"""What belongs on a developer's machine and is on in this process."""

import asyncio
import sys

from hauberk.infra.settings import Settings


def debug_flags(settings: Settings) -> list[str]:
    """Names, as whoever turned them on wrote them. From inside an event loop."""
    flags = {
        "HAUBERK_LOG_LEVEL=debug": settings.log.level == "debug",
        "PYTHONASYNCIODEBUG": asyncio.get_running_loop().get_debug(),
        "PYTHONDEVMODE": sys.flags.dev_mode,
    }
    return [name for name, is_on in flags.items() if is_on]
