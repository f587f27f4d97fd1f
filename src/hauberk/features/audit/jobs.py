"""Seals the audit trail every few minutes, and writes the newest hash where the database cannot reach it: to the log."""

import structlog

from hauberk.features.audit import chain
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

_log = structlog.get_logger(__name__)


@job(queue=Queue.MAINTENANCE, every="5m", time_limit=300)
def seal_audit_trail(run: JobRun) -> None:
    with run.transaction() as connection:
        found = chain.seal(connection, run.organization_id)
        run.finish(connection, {"length": found.length})
    _log.info("audit_sealed", length=found.length, head=found.head.hex(), organization_id=run.organization_id)
