"""What is asked of delivery; the rollback by its drill."""

from hauberk.infra.delivery.drills import ROLLBACK
from hauberk.infra.readiness import Answer, Probe, drilled, readiness


@readiness("DEL-7")
async def rollback_is_rehearsed(probe: Probe) -> Answer:
    """One release back, with data; the plan is docs/operations/roll-back.md."""
    return await drilled(probe, ROLLBACK)
