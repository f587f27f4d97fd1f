"""The rollback drill: the release before this one runs again, on the schema and with the data of this one."""

import asyncio

from hauberk.infra.backup.target import drafts
from hauberk.infra.delivery.rollback import Rollback, rehearse
from hauberk.infra.readiness import Outcome, Probe, drill
from hauberk.infra.settings import Settings

ROLLBACK = "rollback"


@drill(
    ROLLBACK,
    breaks="runs the release before this one on servers of its own, and touches nothing of yours",
    timeout=1200,
)
async def rollback(probe: Probe) -> Outcome:
    seen = await asyncio.to_thread(_rehearse, probe.inside.settings)
    figures = {
        "previous": seen.previous,
        "schema_before": seen.schema_before,
        "schema_after": seen.schema_after,
        "findings": seen.findings,
        "rollback_seconds": round(seen.seconds, 1),
    }
    if seen.problems:
        return Outcome(has_passed=False, evidence=" ".join(seen.problems), figures=figures)
    return Outcome(
        has_passed=True,
        evidence=f"{seen.previous} (schema {seen.schema_before}) ran again on schema {seen.schema_after} within"
        f" {seen.seconds:.1f} s, showed all {seen.findings} findings of both releases and took in new ones.",
        figures=figures,
    )


def _rehearse(settings: Settings) -> Rollback:
    with drafts(settings) as folder:
        return rehearse(settings, folder)
