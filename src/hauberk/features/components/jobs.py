"""Derives the components of assets whose findings have changed."""

from functools import partial
from typing import Any, Final

import structlog

from hauberk.db.session import transaction
from hauberk.features.components import refreshing
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

SERIAL_KEY: Final = "components"

log = structlog.get_logger(__name__)


@job(queue=Queue.DEFAULT, max_attempts=5, every="5m")
def refresh(run: JobRun) -> dict[str, Any]:
    """One asset after the other, the one that waits longest first; the schedule begins what an upgrade has marked."""
    assets = 0
    while (asset_id := _next(run)) is not None:
        run.write(partial(refreshing.refresh_asset, organization_id=run.organization_id, asset_id=asset_id))
        assets += 1
        run.progress(done=assets, total=None)
    return {"assets": assets}


@job(queue=Queue.MAINTENANCE, every="27 3 * * *")
def recount(run: JobRun) -> dict[str, Any]:
    """Reports differences and changes nothing: a difference is a bug, and correcting it would hide where it came from."""
    with transaction(run.engine, run.organization_id) as connection:
        different = refreshing.differences(connection, run.organization_id)
    if different:
        log.error("components_differ", organization_id=run.organization_id, components=different)
    return {"differences": different}


def _next(run: JobRun) -> int | None:
    with transaction(run.engine, run.organization_id) as connection:
        return refreshing.next_marked(connection, run.organization_id)
