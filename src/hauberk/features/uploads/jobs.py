"""Housekeeping: uploads that nobody continued."""

from typing import Final

from sqlalchemy import Connection, text

from hauberk.infra.storage import open_storage
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

AT_ONCE: Final = 200

# The rows go first: a crash in between leaves files that nothing refers to, which go a day later.
_EXPIRED = text("""
with expired as (
    select id, storage_key, scan_id from upload
    where organization_id = :organization and expires_at < clock_timestamp()
    order by id limit :at_once for update skip locked),
parts as (
    select p.storage_key from upload_part p join expired e on p.upload_id = e.id
    where p.organization_id = :organization),
gone as (delete from upload u using expired e where u.organization_id = :organization and u.id = e.id)
select storage_key from parts
union all select storage_key from expired where storage_key is not null and scan_id is null
union all select '' from expired
""")


@job(queue=Queue.MAINTENANCE, every="1h")
def expire_uploads(run: JobRun) -> dict[str, int]:
    """What nobody continued for `upload.unfinished_hours` goes, with its bytes."""
    storage = open_storage(run.settings)
    deleted = 0
    while keys := run.write(lambda connection: _expired(connection, run)):
        for key in filter(None, keys):
            storage.delete_now(key)
        deleted += keys.count("")
        run.check()
    return {"deleted": deleted}


def _expired(connection: Connection, run: JobRun) -> list[str]:
    return list(connection.scalars(_EXPIRED, {"organization": run.organization_id, "at_once": AT_ONCE}))
