"""What a complete scan means for the earlier ones of its scope that still waited for somebody's word."""

from sqlalchemy import Connection, update

from hauberk.db.models.scan import Scan
from hauberk.domain.events import ScanFinished
from hauberk.ingest.applied import Applied
from hauberk.jobs.events import emit


def supersede_held(connection: Connection, organization_id: int, scan_id: int, applied: Applied) -> None:
    """It settles what they held back. One that came too late, or that saw a part only, settles nothing."""
    if applied.superseded_by is not None or applied.is_partial:
        return
    superseded = connection.execute(
        update(Scan)
        .where(
            Scan.organization_id == organization_id,
            Scan.scope_id == applied.scope_id,
            Scan.id != scan_id,
            Scan.state == "held",
            Scan.scanned_at <= applied.scanned_at,
        )
        .values(state="done", superseded_by=scan_id, spool_key=None)
        .returning(Scan.id)
    ).all()
    for scan in superseded:
        emit(connection, ScanFinished(organization_id, scan.id, "done"))
