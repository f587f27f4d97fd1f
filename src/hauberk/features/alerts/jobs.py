"""The scheduler's part of alerts: evaluating the built-in rules, and calling the next one when nobody answers."""

from datetime import timedelta

from sqlalchemy import Engine, delete, func

from hauberk.db.models.alert import Alert, OnCallOverride
from hauberk.features.alerts.escalating import escalate
from hauberk.features.alerts.evaluating import EVERY_SECONDS, evaluate
from hauberk.infra.settings import Settings
from hauberk.jobs.job import job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun
from hauberk.jobs.tick import tick

KEEP = timedelta(days=400)


@tick(seconds=EVERY_SECONDS, in_background=True)
def evaluate_alert_rules(engine: Engine, settings: Settings) -> None:
    """In a thread: a slow database is a reason for alerts, not for a scheduler that loses its lead."""
    if settings.alert.built_in:
        evaluate(engine, settings)


@tick(seconds=5, in_background=True)
def escalate_alerts(engine: Engine, settings: Settings) -> None:
    escalate(engine, settings)


@job(queue=Queue.MAINTENANCE, every="1d")
def forget_alerts(run: JobRun) -> None:
    """As long as reports are kept by default."""
    with run.transaction() as connection:
        gone = connection.execute(
            delete(Alert).where(
                Alert.organization_id == run.organization_id,
                Alert.state == "resolved",
                Alert.resolved_at < func.now() - KEEP,
            )
        )
        connection.execute(
            delete(OnCallOverride).where(
                OnCallOverride.organization_id == run.organization_id,
                OnCallOverride.ends_at < func.now() - KEEP,
            )
        )
        run.finish(connection, {"deleted": gone.rowcount})
