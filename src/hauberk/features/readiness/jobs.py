"""What readiness asks for, done without anybody thinking of it: the daily backup, its weekly rehearsal, and a look at what must be true."""

import asyncio
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db.session import transaction
from hauberk.features.identity.context import opened
from hauberk.features.readiness import canary, drilling, probing, reporting, service
from hauberk.features.readiness.core_flow import BrokenFlowError
from hauberk.features.readiness.round_trip import JOBS as ROUND_TRIPS
from hauberk.infra.backup import create_backup, create_base, delete_needless, delete_needless_files
from hauberk.infra.backup.drills import RESTORE
from hauberk.infra.readiness import Record
from hauberk.infra.settings import Settings
from hauberk.jobs import invariant
from hauberk.jobs.invariant import Invariant, Violation
from hauberk.jobs.job import JobError, job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun

SIX_HOURS = 6 * 3600
__all__ = [
    "ROUND_TRIPS",
    "back_up",
    "check_invariants",
    "rehearse_restore",
    "report_readiness",
    "upload_canary",
]

_log = structlog.get_logger(__name__)


@job(queue=Queue.MAINTENANCE, every="10 2 * * *", for_installation=True, time_limit=SIX_HOURS)
def back_up(run: JobRun) -> dict[str, Any]:
    """Database and storage of the whole installation, encrypted; old backups go by the retention rule."""
    made = create_backup(run.settings)
    if run.settings.has_point_in_time:
        create_base(run.settings)
        delete_needless(run.settings)
        delete_needless_files(run.settings)
    return {"file": made.name, "size_bytes": made.size_bytes, "sha256": made.sha256, "files": made.files}


@job(queue=Queue.MAINTENANCE, every="40 3 * * 0", max_attempts=1, for_installation=True, time_limit=SIX_HOURS)
def rehearse_restore(run: JobRun) -> dict[str, Any]:
    """Every week the newest backup is restored into a server of its own; the record of it is what readiness reads."""
    record = asyncio.run(_drill(run.settings, RESTORE))
    if not record.has_passed:
        raise JobError("restore_failed", record.evidence)
    return {"evidence": record.evidence, **record.figures}


async def _drill(settings: Settings, name: str) -> Record:
    async with opened(settings, application_name="hauberk-drill") as context:
        return await drilling.run(context, name, is_meant=True)


@job(queue=Queue.MAINTENANCE, every="1h", for_installation=True, time_limit=600)
def report_readiness(run: JobRun) -> dict[str, Any] | None:
    """A report of all rows every so many hours (HAUBERK_READINESS_HOURS), for history, metrics and the page."""
    return asyncio.run(_report(run.settings))


async def _report(settings: Settings) -> dict[str, Any] | None:
    async with opened(settings, application_name="hauberk-worker") as context:
        if not await reporting.is_due(context):
            return None
        kept = await reporting.make(context)
        return service.summary(reporting.reports_of(kept))


@job(queue=Queue.MAINTENANCE, every="*/5 * * * *", max_attempts=1, for_installation=True, time_limit=240)
def upload_canary(run: JobRun) -> dict[str, Any] | None:
    """A small report all the way through the running site, in the probe tenant (HAUBERK_READINESS_CANARY)."""
    return asyncio.run(_canary(run.settings)) if canary.is_on(run.settings) else None


async def _canary(settings: Settings) -> dict[str, Any]:
    async with (
        opened(settings, application_name="hauberk-canary") as context,
        probing.site(settings.base_url, settings.tls.ca) as site,
    ):
        try:
            return await canary.go(context, site)
        except BrokenFlowError as error:
            raise JobError("canary_failed", str(error)) from error


@job(queue=Queue.MAINTENANCE, every="5m", time_limit=600)
def check_invariants(run: JobRun) -> None:
    """Reports and changes nothing: what is wrong is a bug, and mending it would hide where it came from."""
    with transaction(run.engine, run.organization_id) as connection:
        look = invariant.begin(connection, run.organization_id)
    found: dict[Invariant, list[Violation]] = {}
    for each in invariant.registered():
        run.check()
        try:
            # A transaction of its own: one that takes too long leaves the others their turn.
            with transaction(run.engine, run.organization_id, limits=invariant.LIMITS) as connection:
                found[each] = list(each.find(connection, look))
        except SQLAlchemyError:
            _log.exception("invariant_not_looked_at", invariant=each.name)
    with run.transaction() as connection:
        new = {each: invariant.keep(connection, look, each, told) for each, told in found.items()}
        if len(found) == len(invariant.registered()):
            invariant.end(connection, look)  # else the time of the last look stands still, and is noticed
        run.finish(connection, {"assets": len(look.assets), "violated": _sums(found)})
    for each, violations in new.items():
        for violation in violations:
            _log.error("invariant_violated", invariant=each.name, **violation._asdict())


def _sums(found: dict[Invariant, list[Violation]]) -> dict[str, int]:
    sums = {each.name: sum(violation.n for violation in told) for each, told in found.items()}
    return {name: n for name, n in sums.items() if n}
