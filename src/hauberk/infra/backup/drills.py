"""The restore drill: the newest backup restored into a server of its own, compared, and thrown away."""

import asyncio
from datetime import timedelta

from hauberk.infra.backup.rehearsal import rehearse
from hauberk.infra.readiness import Outcome, Probe, drill

RESTORE = "restore"
SIX_HOURS = 6 * 3600


@drill(
    RESTORE,
    breaks="restores the newest backup into a server of its own, and touches nothing of yours",
    timeout=SIX_HOURS,
    max_age=timedelta(days=8),
)
async def restore(probe: Probe) -> Outcome:
    seen = await asyncio.to_thread(rehearse, probe.inside.settings)
    figures = {
        "backup": seen.backup,
        "rpo_seconds": round(seen.rpo_seconds, 1),
        "rto_seconds": round(seen.rto_seconds, 1),
        "tables": seen.tables,
        "rows": seen.rows,
        "files": seen.files,
        "differences": len(seen.differences),
    }
    if seen.differences:
        return Outcome(
            False, f"{seen.backup} does not hold what it must: {' '.join(seen.differences[:5])}", figures
        )
    return Outcome(
        True,
        f"{seen.backup} restored in {seen.rto_seconds:.1f} s: {seen.rows:,} rows of {seen.tables} tables and"
        f" {seen.files:,} stored files, all checksums equal; {seen.rpo_seconds:,.0f} s of changes would be lost.",
        figures,
    )
