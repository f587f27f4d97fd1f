"""The nightly recount: counts every active finding and must come to what the deltas add up to."""

from typing import Any

import structlog

from hauberk.db import counts, vulnerability_counts
from hauberk.db.session import transaction
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.severity import Severity
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

MAX_SHOWN = 50

log = structlog.get_logger(__name__)


@job(queue=Queue.MAINTENANCE, every="17 3 * * *")
def recount(run: JobRun) -> dict[str, Any]:
    """Reports differences and changes nothing: a difference is a bug, and correcting it would hide where it came from."""
    with transaction(run.engine, run.organization_id) as connection:
        counts.fold(connection, run.organization_id)
        found = counts.differences(connection, run.organization_id)
        vulnerabilities = vulnerability_counts.differences(connection, run.organization_id)
    shown = [
        {
            "asset": row.asset_id,
            "kind": FindingKind.of_code(row.kind).value,
            "severity": Severity.of_rank(row.severity).value,
            "triage": Triage.of_code(row.triage).value,
            "there": row.there,
            "counted": int(row.counted),
        }
        for row in found[:MAX_SHOWN]
    ]
    if found or vulnerabilities:
        log.error(
            "counts_differ",
            organization_id=run.organization_id,
            buckets=len(found),
            first=shown[:1],
            vulnerabilities=vulnerabilities,
        )
    return {"differences": len(found) + vulnerabilities, "buckets": shown}
