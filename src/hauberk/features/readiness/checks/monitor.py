"""Whether somebody outside would notice an outage: the uptime monitor's visits, as the API remembers them."""

import time
from typing import Final

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped

KEY: Final = "hauberk:monitor"
"""In the cache: when it came last, and from where."""
AHEAD_MINUTES: Final = 1.0
_HOW: Final = (
    "Give the monitor the token of HAUBERK_READINESS_MONITOR_TOKEN (docs/operations/uptime-monitors.md)."
)


@readiness("OBS-8")
async def a_monitor_watches_from_outside(probe: Probe) -> Answer:
    settings = probe.inside.settings.readiness
    if settings.monitor_token is None:
        return skipped("No outside monitor is expected: it has no token.", _HOW)
    seen = await probe.inside.cache.get(KEY)
    if seen is None:
        return skipped("No outside monitor seen.", _HOW)
    at, _, address = str(seen).partition(" ")
    minutes = (time.time() - float(at)) / 60
    told = f"A request with the monitor's token from {address} {minutes:.1f} minutes ago"
    if minutes < -AHEAD_MINUTES:
        return skipped(
            f"A request with the monitor's token from {address} is noted for a time that has not come.",
            "Let all machines follow the same time servers, and ask again when the monitor came.",
        )
    if minutes > 2 * settings.monitor_minutes:
        return failed(
            f"{told}; it should come every {settings.monitor_minutes:g}.", "Look whether it still runs."
        )
    return passed(f"{told}.")
