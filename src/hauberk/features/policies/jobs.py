"""Gives findings the due dates that policies say, after a policy or an asset's tags have changed; tells what passed them.

Asset by asset under the asset's lock, in short transactions: an import of the asset is either over, and its findings are
seen here, or it begins afterwards and reads the policies as they are now.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select

from hauberk.db.locks import lock_asset
from hauberk.db.models.asset import Asset
from hauberk.db.session import transaction
from hauberk.domain.events import FindingsChanged
from hauberk.features.policies import past_due
from hauberk.ingest import due_dates
from hauberk.jobs.events import emit
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

SERIAL_KEY: Final = "policies"
ASSETS: Final = 1_000
FINDINGS: Final = 5_000


@job(queue=Queue.MAINTENANCE, max_attempts=5, every="17 4 * * *", time_limit=3600)
def apply(run: JobRun, asset_id: int | None = None) -> dict[str, Any]:
    """Of one asset, or of all; idempotent: only what is due at another time is written. Once a day it looks after all."""
    changed = looked_at = 0
    for each in _assets(run) if asset_id is None else [asset_id]:
        while n := run.write(partial(_settle, organization_id=run.organization_id, asset_id=each)):
            changed += n
            run.progress(done=changed, total=None)
        looked_at += 1
    return {"assets": looked_at, "findings": changed}


@job(queue=Queue.MAINTENANCE, max_attempts=5, every="7 6 * * *")
def tell_past_due(run: JobRun) -> dict[str, Any]:
    """Once a day, so that a team hears of it in one notice."""
    return {"findings": run.write(partial(past_due.tell, organization_id=run.organization_id))}


def _assets(run: JobRun) -> Iterator[int]:
    """None where nothing can be due, and nothing is."""
    with transaction(run.engine, run.organization_id) as connection:
        if not due_dates.are_there(connection, run.organization_id):
            return
    after = 0
    while found := _page(run, after):
        yield from found
        after = found[-1]


def _page(run: JobRun, after: int) -> Sequence[int]:
    statement = (
        select(Asset.id)
        .where(Asset.organization_id == run.organization_id, Asset.id > after, Asset.deleted_at.is_(None))
        .order_by(Asset.id)
        .limit(ASSETS)
    )
    with transaction(run.engine, run.organization_id) as connection:
        return connection.scalars(statement).all()


def _settle(connection: Connection, organization_id: int, asset_id: int) -> int:
    lock_asset(connection, organization_id, asset_id)
    findings = due_dates.differing(connection, organization_id, asset_id, FINDINGS)
    if not findings:
        return 0
    emit(connection, FindingsChanged(organization_id, asset_id))
    return due_dates.settle(connection, organization_id, asset_id, findings)
