"""Taking a scan back and reading it again; housekeeping of stored files that nothing needs any more."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import structlog
from sqlalchemy import Connection, bindparam, text

from hauberk.db.session import transaction
from hauberk.features.scans.acting import Order, carry_out
from hauberk.infra.storage import open_storage
from hauberk.jobs.job import JobError, job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun
from hauberk.kit import clock

AT_ONCE: Final = 1_000
KEYS_AT_ONCE: Final = 20_000
UNREFERENCED_FOR: Final = timedelta(days=1)
FEW: Final = 100
"""So many stray files are deleted even when they are most of what is stored."""

_EXPIRED = text("""
with expired as (
    select id, storage_key, spool_key from scan
    where organization_id = :organization and is_dry_run and state in ('done', 'failed', 'cancelled')
        and finished_at < clock_timestamp() - cast(:age as interval)
        and (storage_key is not null or spool_key is not null)
    order by id limit :at_once for update)
update scan s set storage_key = null, spool_key = null from expired e
where s.organization_id = :organization and s.id = e.id
returning e.storage_key, e.spool_key
""")
# A held scan is compared again when it is released.
_OUTLIVED = text("""
with old as (
    select id, storage_key from scan
    where organization_id = :organization and state in ('done', 'failed', 'cancelled') and storage_key is not null
        and accepted_at < clock_timestamp() - cast(:age as interval)
    order by id limit :at_once for update)
update scan s set storage_key = null from old o
where s.organization_id = :organization and s.id = o.id
returning o.storage_key
""")
_UNREFERENCED = text("select unreferenced_files(cast(:keys as text[]))").bindparams(bindparam("keys"))

log = structlog.get_logger(__name__)


ACT_SECONDS: Final = 4 * 3600
"""All reports that came after may have to be read again."""


@job(queue=Queue.IMPORT, max_attempts=3, time_limit=ACT_SECONDS)
def undo_scan(run: JobRun, **order: Any) -> None:
    """The scan's scope as if it had never been; with `preview_id` only what that would change."""
    carry_out(run, Order(**order), keeps=False)


@job(queue=Queue.IMPORT, max_attempts=3, time_limit=ACT_SECONDS)
def reprocess_scan(run: JobRun, **order: Any) -> None:
    """The scan's scope as if the present parser had read it; with `preview_id` only what that would change."""
    carry_out(run, Order(**order), keeps=True)


@job(queue=Queue.MAINTENANCE, every="1h")
def expire_dry_runs(run: JobRun) -> dict[str, int]:
    """Report and preview of a dry run go after `retention.dry_run_hours`; its counts stay."""
    storage = open_storage(run.settings)
    deleted = 0
    while keys := run.write(lambda connection: _expired(connection, run)):
        for key in keys:
            storage.delete_now(key)
        deleted += len(keys)
        run.check()
    return {"deleted": deleted}


@job(queue=Queue.MAINTENANCE, every="20 3 * * *")
def expire_reports(run: JobRun) -> dict[str, int]:
    """A report goes `retention.undo_days` after its scan was accepted, when the scan cannot be undone any more."""
    storage = open_storage(run.settings)
    deleted = 0
    while keys := run.write(lambda connection: _outlived(connection, run)):
        for key in keys:
            storage.delete_now(key)
        deleted += len(keys)
        run.check()
    return {"deleted": deleted}


def _outlived(connection: Connection, run: JobRun) -> list[str]:
    parameters = {
        "organization": run.organization_id,
        "age": timedelta(days=run.settings.retention.undo_days),
        "at_once": AT_ONCE,
    }
    return list(connection.scalars(_OUTLIVED, parameters))


def _expired(connection: Connection, run: JobRun) -> list[str]:
    """Forgotten first, deleted after the commit: a crash in between leaves files that nothing refers to."""
    rows = connection.execute(
        _EXPIRED,
        {
            "organization": run.organization_id,
            "age": timedelta(hours=run.settings.retention.dry_run_hours),
            "at_once": AT_ONCE,
        },
    )
    return [key for row in rows for key in row if key is not None]


@job(queue=Queue.MAINTENANCE, every="40 3 * * *", for_installation=True)
def delete_unreferenced_files(run: JobRun) -> dict[str, Any]:
    """Refused uploads that a crash left, and the files of scans that are gone, a day later."""
    storage = open_storage(run.settings)
    now = clock.now()
    drafts = storage.delete_drafts(now - UNREFERENCED_FOR)
    keys = storage.keys()
    stray = [key for part in _parts(keys) for key in _unreferenced(run, part, now)]
    if len(stray) > max(FEW, len(keys) // 2):
        raise JobError(
            "storage_of_another",
            f"{len(stray):,} of {len(keys):,} stored files belong to no scan. This may be the storage of another"
            " installation, or a database that is not restored yet; nothing was deleted.",
        )
    for key in stray:
        storage.delete_now(key)
    log.info("unreferenced_files_deleted", files=len(stray), drafts=drafts)
    return {"deleted": len(stray), "drafts": drafts}


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while part := list(islice(rest, KEYS_AT_ONCE)):
        yield part


def _unreferenced(run: JobRun, keys: list[str], now: datetime) -> list[str]:
    old = [key for key in keys if _stored_before(key, now - UNREFERENCED_FOR)]
    run.check()
    with transaction(run.engine, run.organization_id) as connection:
        return list(connection.scalars(_UNREFERENCED, {"keys": old}))


def _stored_before(key: str, instant: datetime) -> bool:
    """By the day in the key, which has ended by then; what is no key of ours is left alone."""
    try:
        day = datetime.strptime(key[:10], "%Y/%m/%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return day + timedelta(days=1) <= instant
