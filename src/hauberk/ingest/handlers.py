"""What becomes of a scan when its import job fails, is cancelled or is tried again."""

from typing import Any

from sqlalchemy import Connection, text, update

from hauberk.db.models.scan import Scan
from hauberk.domain.events import Event, JobCancelled, JobFailed, JobRetried, ScanFinished
from hauberk.ingest.jobs import import_scan
from hauberk.jobs.events import emit, on


@on(JobFailed, in_transaction=True)
def scan_failed(connection: Connection, event: JobFailed) -> None:
    error = {"code": event.code, "message": event.message, "position": event.position}
    _end(connection, event, event.kind, event.arguments, state="failed", error=error)


@on(JobCancelled, in_transaction=True)
def scan_cancelled(connection: Connection, event: JobCancelled) -> None:
    _end(connection, event, event.kind, event.arguments, state="cancelled")


@on(JobRetried, in_transaction=True)
def scan_accepted_again(connection: Connection, event: JobRetried) -> None:
    if event.kind == import_scan.kind:
        _set(connection, event, event.arguments, state="accepted", error=None, finished_at=None)


def _end(connection: Connection, event: Event, kind: str, arguments: dict[str, Any], **values: Any) -> None:
    if kind != import_scan.kind:
        return
    _set(connection, event, arguments, finished_at=text("clock_timestamp()"), **values)
    emit(
        connection,
        ScanFinished(
            organization_id=event.organization_id, scan_id=arguments["scan_id"], state=values["state"]
        ),
    )


def _set(connection: Connection, event: Event, arguments: dict[str, Any], **values: Any) -> None:
    connection.execute(
        update(Scan)
        .where(Scan.organization_id == event.organization_id, Scan.id == arguments["scan_id"])
        .values(**values)
    )
