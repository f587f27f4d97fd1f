"""What becomes of a scan when undoing or reprocessing it fails, is cancelled or is tried again: it is as it was."""

from typing import Any

from sqlalchemy import Connection, text, update

from hauberk.db.models.scan import Scan
from hauberk.domain.events import Event, JobCancelled, JobFailed, JobRetried, ScanFinished
from hauberk.features.quarantine.repository import keep_of_scan
from hauberk.features.quarantine.service import CODES
from hauberk.features.scans.jobs import reprocess_scan, undo_scan
from hauberk.ingest.jobs import import_scan
from hauberk.jobs.events import emit, on

_KINDS = (undo_scan.kind, reprocess_scan.kind)


@on(JobFailed, in_transaction=True)
def act_failed(connection: Connection, event: JobFailed) -> None:
    """The job's error is told with the scan, as its `act`; a preview, which is nothing else, failed itself."""
    error = {"code": event.code, "message": event.message, "position": event.position}
    _end(connection, event, event.kind, event.arguments, "failed", error=error)


@on(JobFailed, in_transaction=True)
def report_quarantined(connection: Connection, event: JobFailed) -> None:
    """A report that is dangerous is not kept with its scan, from where it would be read again."""
    if event.kind == import_scan.kind and event.code in CODES:
        keep_of_scan(connection, event.organization_id, event.arguments["scan_id"], event.code, event.message)


@on(JobCancelled, in_transaction=True)
def act_cancelled(connection: Connection, event: JobCancelled) -> None:
    _end(connection, event, event.kind, event.arguments, "cancelled")


@on(JobRetried, in_transaction=True)
def act_tried_again(connection: Connection, event: JobRetried) -> None:
    if event.kind in _KINDS:
        target = event.arguments["preview_id"] or event.arguments["scan_id"]
        _set(connection, event, target, state="accepted", error=None, finished_at=None)


def _end(
    connection: Connection, event: Event, kind: str, arguments: dict[str, Any], state: str, **values: Any
) -> None:
    if kind not in _KINDS:
        return
    preview_id = arguments["preview_id"]
    if preview_id is None:
        state, values = arguments["state_before"], {}
    target = preview_id or arguments["scan_id"]
    _set(connection, event, target, state=state, finished_at=text("clock_timestamp()"), **values)
    emit(connection, ScanFinished(event.organization_id, target, state))


def _set(connection: Connection, event: Event, scan_id: int, **values: Any) -> None:
    connection.execute(
        update(Scan).where(Scan.organization_id == event.organization_id, Scan.id == scan_id).values(**values)
    )
