"""Upkeep of credentials: what has expired is deleted."""

from sqlalchemy import text

from hauberk.db.session import transaction
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun


@job(queue=Queue.MAINTENANCE, every="1h", for_installation=True)
def remove_expired(run: JobRun) -> None:
    """Sessions, sign-in links and throttle counters that no longer count, in all organizations."""
    with transaction(run.engine) as connection:
        connection.execute(text("select remove_expired_sign_ins()"))
