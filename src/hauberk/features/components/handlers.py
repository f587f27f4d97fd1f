"""An asset is marked with the change of its findings; a job derives its components after the commit."""

from sqlalchemy import Connection, select

from hauberk.db.models.job import Job
from hauberk.domain.events import FindingsChanged, FindingsDecided
from hauberk.features.components import refreshing
from hauberk.features.components.jobs import SERIAL_KEY, refresh
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.events import on


@on(FindingsChanged, in_transaction=True)
def mark_asset(connection: Connection, event: FindingsChanged) -> None:
    refreshing.mark(connection, event.organization_id, event.asset_id, event.finding_ids)


@on(FindingsDecided, in_transaction=True)
def mark_decided(connection: Connection, event: FindingsDecided) -> None:
    """Only what stands on these findings is derived anew."""
    if event.finding_ids:
        refreshing.mark(connection, event.organization_id, event.asset_id, event.finding_ids)


@on(FindingsDecided)
def derive_decided(connection: Connection, event: FindingsDecided) -> None:
    if event.finding_ids:
        _wake(connection, event.organization_id)


@on(FindingsChanged)
def derive_components(connection: Connection, event: FindingsChanged) -> None:
    _wake(connection, event.organization_id)


def _wake(connection: Connection, organization_id: int) -> None:
    """A job that still waits begins after this mark was committed, so it sees it."""
    waiting = select(Job.id).where(
        Job.organization_id == organization_id,
        Job.queue == refresh.queue.value,
        Job.state == "accepted",
        Job.kind == refresh.kind,
    )
    if connection.scalar(waiting.limit(1)) is None:
        enqueue(connection, refresh, organization_id=organization_id, serial_key=SERIAL_KEY)
