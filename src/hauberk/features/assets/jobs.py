"""Removes what is left of deleted assets."""

from functools import partial
from typing import Any

from hauberk.features.assets import deletion
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
