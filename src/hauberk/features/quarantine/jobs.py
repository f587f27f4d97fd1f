"""Housekeeping of the quarantine."""

from datetime import timedelta

from sqlalchemy import Connection, text

from hauberk.infra.storage import open_storage
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

_EXPIRED = text("""
delete from quarantined_file
where organization_id = :organization and quarantined_at < clock_timestamp() - cast(:age as interval)
returning storage_key
""")


@job(queue=Queue.MAINTENANCE, every="1h")
def empty_quarantine(run: JobRun) -> dict[str, int]:
    """A refused file goes after `upload.quarantine_days`; the audit trail keeps what it was."""
    keys = run.write(lambda connection: _expired(connection, run))
    storage = open_storage(run.settings)
    for key in keys:
        storage.delete_now(key)
    return {"deleted": len(keys)}


def _expired(connection: Connection, run: JobRun) -> list[str]:
    age = timedelta(days=run.settings.upload.quarantine_days)
    return list(connection.scalars(_EXPIRED, {"organization": run.organization_id, "age": age}))
