"""What becomes of a scan when its import job fails, is cancelled or is tried again, and of a whole with its parts."""

from functools import partial
from typing import Any

from sqlalchemy import Connection, text, update

from hauberk.db.models.scan import Scan
from hauberk.db.session import after_commit
from hauberk.domain.events import Event, JobCancelled, JobFailed, JobRetried, ScanFinished
from hauberk.ingest import counting, whole_scan
from hauberk.ingest.jobs import import_scan
from hauberk.jobs.events import emit, on


@on(ScanFinished, in_transaction=True)
def part_finished(connection: Connection, event: ScanFinished) -> None:
    whole_scan.settle(connection, event.organization_id, event.scan_id)


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
        part = {"organization": event.organization_id, "part": event.arguments["scan_id"]}
        connection.execute(whole_scan.GOES_ON, part)


def _end(connection: Connection, event: Event, kind: str, arguments: dict[str, Any], **values: Any) -> None:
    if kind != import_scan.kind:
        return
    report_format = _set(connection, event, arguments, finished_at=text("clock_timestamp()"), **values)
    code = (values.get("error") or {}).get("code", "")
    after_commit(connection, partial(counting.ended_without_import, report_format, values["state"], code))
    emit(
        connection,
        ScanFinished(
            organization_id=event.organization_id, scan_id=arguments["scan_id"], state=values["state"]
        ),
    )


def _set(connection: Connection, event: Event, arguments: dict[str, Any], **values: Any) -> str | None:
    """Answers the report's format, as far as it is known."""
    found = connection.execute(
        update(Scan)
        .where(Scan.organization_id == event.organization_id, Scan.id == arguments["scan_id"])
        .values(**values)
        .returning(Scan.format, Scan.requested["format"].as_string().label("wanted"))
    ).one_or_none()
    return (found.format or found.wanted) if found else None
