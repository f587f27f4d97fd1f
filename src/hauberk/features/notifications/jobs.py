"""The scheduler's part of notifications: sending what is due, and forgetting what was sent long ago."""

from datetime import timedelta

from sqlalchemy import Engine, delete, func

from hauberk.db.models.notification import NotificationDelivery as Delivery
from hauberk.features.notifications.sending import send_due
from hauberk.infra.settings import Settings
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun
from hauberk.jobs.tick import tick

KEEP = timedelta(days=400)


@tick(seconds=2, in_background=True)
def send_notices(engine: Engine, settings: Settings) -> None:
    """In a thread of its own: a receiver that is slow must not cost the scheduler its lead."""
    send_due(engine, settings)


@job(queue=Queue.MAINTENANCE, every="1d")
def forget_deliveries(run: JobRun) -> None:
    """The ledger is kept as long as reports are by default."""
    with run.transaction() as connection:
        gone = connection.execute(
            delete(Delivery).where(
                Delivery.organization_id == run.organization_id,
                Delivery.state != "waiting",
                Delivery.created_at < func.now() - KEEP,
            )
        )
        run.finish(connection, {"deleted": gone.rowcount})
