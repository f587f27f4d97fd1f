"""Step 2, in the worker: one accepted report is imported, or tells why not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, text, update

from hauberk.db import statistics
from hauberk.db.models.asset import Asset, Scope
from hauberk.db.models.organization import Organization
from hauberk.db.models.scan import Scan
from hauberk.db.session import after_commit, transaction
from hauberk.domain.events import FindingsChanged, ScanFinished
from hauberk.infra import identity_key
from hauberk.infra.storage import open_storage
from hauberk.ingest import changes, counting, pipeline
from hauberk.ingest.applied import Applied
from hauberk.ingest.child import SandboxedReader
from hauberk.ingest.divided import divide_report
from hauberk.ingest.inspecting import inspected
from hauberk.ingest.pipeline import Import
from hauberk.ingest.scope import AUTOMATIC, Requested
from hauberk.ingest.secrets import identity_key_of
from hauberk.ingest.spool import SpoolFolder
from hauberk.ingest.superseding import supersede_held
from hauberk.ingest.write import ScopeMovedError
from hauberk.jobs.events import emit
from hauberk.jobs.job import JobError, job
from hauberk.jobs.queues import Queue
from hauberk.jobs.run import JobRun
from hauberk.kit.errors import Unavailable

MAX_COMPARISONS: Final = 2
"""Beside other imports; the next one keeps them out."""
MANY_NEW: Final = 200
"""Results, from where on tables may have another size than they were planned for."""
Work = Callable[[Connection], Applied]


@job(queue=Queue.IMPORT, max_attempts=3, time_limit=3600)
def import_scan(run: JobRun, scan_id: int, *, is_release: bool = False) -> None:
    """Reads the report in a sandboxed child and applies it in one short transaction."""
    storage_key, task = _begin(run, scan_id, is_release=is_release)
    folder = run.settings.home / "spool"
    with (
        open_storage(run.settings).open_local(storage_key) as report,
        SpoolFolder(folder) as spool,
        inspected(run, report) as notes,
    ):
        element_key = identity_key.for_elements(task.identity_key)
        reader = SandboxedReader(run, report, element_key, is_part=task.is_part)
        task = replace(task, notes=notes)
        if task.asset_id is None and not task.is_part and task.requested.asset == AUTOMATIC:
            only = divide_report(run, task, reader, import_scan)
            if only is None:
                return
            task = only
        for _ in range(MAX_COMPARISONS):
            reading = pipeline.read_and_compare(
                task, reader, spool, lambda: transaction(run.engine, run.organization_id)
            )
            run.progress(phase="writing", findings_read=reading.tally.reported)
            with suppress(ScopeMovedError):
                _apply(run, task, spool, partial(pipeline.apply, job=task, reading=reading, spool=spool))
                return
        with suppress(ScopeMovedError):
            _apply(run, task, spool, partial(pipeline.read_and_apply, job=task, reader=reader, spool=spool))
            return
    raise Unavailable("The asset was changed again and again meanwhile; it is tried again.")


def _begin(run: JobRun, scan_id: int, *, is_release: bool) -> tuple[str, Import]:
    with run.transaction() as connection:
        connection.execute(
            update(Scan)
            .where(Scan.organization_id == run.organization_id, Scan.id == scan_id)
            .values(state="running", started_at=text("coalesce(started_at, now())"), error=None)
        )
        scan = connection.execute(
            select(
                Scan.requested,
                Scan.file_name,
                Scan.accepted_at,
                Scan.storage_key,
                Scan.sha256,
                Scan.is_dry_run,
                Scan.asset_id,
                Scan.part_of,
                Organization.identity_key,
            )
            .join(Organization, Organization.id == Scan.organization_id)
            .where(Scan.organization_id == run.organization_id, Scan.id == scan_id)
        ).one_or_none()
    if scan is None:
        raise JobError("scan_gone", "The scan was deleted together with its asset.")
    if scan.storage_key is None:
        raise JobError("report_gone", "The report is not kept any more; send it again.")
    task = Import(
        organization_id=run.organization_id,
        scan_id=scan_id,
        requested=msgspec.convert(scan.requested, Requested),
        file_name=scan.file_name,
        accepted_at=scan.accepted_at,
        identity_key=identity_key_of(run, scan.identity_key),
        is_dry_run=scan.is_dry_run,
        sha256=None if scan.is_dry_run or is_release else scan.sha256,
        asset_id=scan.asset_id,
        is_part=scan.part_of is not None,
        is_release=is_release,
        identifiers_stay_days=run.settings.retention.identifier_days,
    )
    return scan.storage_key, task


def _apply(run: JobRun, task: Import, spool: SpoolFolder, work: Work) -> None:
    if task.is_dry_run:
        with rolled_back(run) as connection:
            applied = work(connection)
            preview = changes.collect(connection, task.organization_id, task.scan_id)
        preview += changes.suppressed_of(spool.suppressed)
        spool_key = changes.store(run.settings, preview, run.settings.home / "spool")
        run.write(
            lambda connection: _finish(connection, run, task, _as_it_is(connection, applied), spool_key)
        )
    else:
        run.write(lambda connection: _import(connection, run, task, work))


def _import(connection: Connection, run: JobRun, task: Import, work: Work) -> None:
    """What the brake keeps open is kept as a list, for whoever has to decide."""
    applied = work(connection)
    spool_key = None
    if applied.held is not None:
        held_back = changes.collect_held(connection, task.organization_id)
        spool_key = changes.store(run.settings, held_back, run.settings.home / "spool")
    _finish(connection, run, task, applied, spool_key)


def _as_it_is(connection: Connection, applied: Applied) -> Applied:
    """What the rolled back transaction made does not exist, and what it found may be gone."""
    asset_id = connection.scalar(select(Asset.id).where(Asset.id == applied.asset_id))
    scope_id = connection.scalar(select(Scope.id).where(Scope.id == applied.scope_id))
    return msgspec.structs.replace(applied, asset_id=asset_id, scope_id=scope_id)


class _RollBackError(Exception):
    """Ends a transaction that only wanted to know."""


@contextmanager
def rolled_back(run: JobRun) -> Iterator[Connection]:
    """A transaction that only wants to know what would be."""
    with suppress(_RollBackError), transaction(run.engine, run.organization_id) as connection:
        yield connection
        raise _RollBackError


def _finish(
    connection: Connection, run: JobRun, task: Import, applied: Applied, spool_key: str | None = None
) -> None:
    """The scan's row, its events and the job's end, in the transaction of the import itself."""
    state = "held" if applied.held and not task.is_dry_run else "done"
    values = applied.columns() | {"state": state, "spool_key": spool_key}
    if not task.is_dry_run and applied.superseded_by is None:
        values |= {
            "applied_at": text("coalesce(applied_at, clock_timestamp())"),
            "is_complete": applied.is_complete,
        }
    if task.is_release:
        values["counts"] = _with_closings(connection, task, applied)
        values["released_at"] = text("clock_timestamp()")
    connection.execute(
        update(Scan)
        .where(Scan.organization_id == task.organization_id, Scan.id == task.scan_id)
        .values(finished_at=text("clock_timestamp()"), **values)
    )
    run.report_format = applied.format
    after_commit(
        connection,
        partial(counting.imported, applied.scanner, state, applied.counts, is_dry_run=task.is_dry_run),
    )
    if not task.is_dry_run:
        _tell_changes(connection, task, applied)
        if applied.counts["new"] >= MANY_NEW:
            after_commit(connection, partial(statistics.renew, run.engine))
    emit(connection, ScanFinished(organization_id=task.organization_id, scan_id=task.scan_id, state=state))
    run.finish(connection, state=state)


def _tell_changes(connection: Connection, task: Import, applied: Applied) -> None:
    assert applied.asset_id is not None
    supersede_held(connection, task.organization_id, task.scan_id, applied)
    if _has_changed(applied.counts):
        emit(
            connection,
            FindingsChanged(
                organization_id=task.organization_id,
                asset_id=applied.asset_id,
                scan_id=task.scan_id,
                finding_ids=changes.findings(connection),
            ),
        )


def _with_closings(connection: Connection, task: Import, applied: Applied) -> dict[str, Any]:
    """A released scan keeps the counts of its import and adds what it closes now."""
    before: dict[str, Any] = connection.execute(
        select(Scan.counts).where(Scan.organization_id == task.organization_id, Scan.id == task.scan_id)
    ).scalar_one()
    findings = {**before["findings"], "closed": applied.counts["findings"]["closed"]}
    return {**before, "closed": applied.counts["closed"], "findings": findings}


def _has_changed(counts: dict[str, Any]) -> bool:
    decided = counts.get("statements", {}).get("decided", 0)
    return bool(decided) or any(counts[name] for name in ("new", "moved", "changed", "reopened", "closed"))
