"""Removes what is left of deleted assets, and lets refs and addresses expire that no report names any more."""

from functools import partial
from typing import Any

from hauberk.db.session import transaction
from hauberk.features.assets import deletion, identifiers
from hauberk.ingest import ref_expiry
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun


@job(queue=Queue.MAINTENANCE, max_attempts=5)
def remove_asset(run: JobRun, asset_id: int) -> dict[str, Any]:
    """Idempotent: a second attempt finds less to do."""
    removed = 0
    portion = partial(deletion.remove_portion, organization_id=run.organization_id, asset_id=asset_id)
    while gone := run.write(portion):
        removed += gone
        run.progress(done=removed, total=None)
    run.write(partial(deletion.remove_asset, organization_id=run.organization_id, asset_id=asset_id))
    return {"findings": removed}


@job(queue=Queue.MAINTENANCE, max_attempts=5, every="1h")
def expire_refs(run: JobRun) -> dict[str, Any]:
    """Idempotent, a short transaction for each ref: a second run finds what is left."""
    days = run.settings.retention.ref_days
    with transaction(run.engine, run.organization_id) as connection:
        due = ref_expiry.expired_refs(connection, run.organization_id, days)
    closed = sum(
        run.write(
            partial(
                ref_expiry.expire,
                organization_id=run.organization_id,
                days=days,
                asset_id=row.asset_id,
                ref_id=row.id,
            )
        )
        for row in due
    )
    return {"refs": len(due), "closed": closed}


@job(queue=Queue.MAINTENANCE, max_attempts=5, every="1h")
def forget_identifiers(run: JobRun) -> dict[str, Any]:
    """A leased address that another machine may have by now tells nothing; neither does a digest that nobody runs."""
    days = run.settings.retention.identifier_days
    portion = partial(identifiers.forget, organization_id=run.organization_id, days=days)
    forgotten = 0
    while gone := run.write(portion):
        forgotten += gone
    return {"identifiers": forgotten}
