"""Orders about a scan that took effect: take it back, or read it again with the present parser. A job carries them out."""

from dataclasses import asdict
from datetime import timedelta

import msgspec

from hauberk.db.audit import record
from hauberk.db.models.scan import Scan
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.scans import jobs
from hauberk.features.scans.acting import Order
from hauberk.features.scans.repository import ScanRepository
from hauberk.ingest.receive import enqueue_import, serial_key
from hauberk.ingest.replay import ALREADY_UNDONE, NOT_APPLIED
from hauberk.ingest.scope import Requested
from hauberk.jobs.enqueue import enqueue_async
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Gone

_SETTLED = ("done", "held")
_AS_SENT = (
    "asset_id", "scope_id", "requested", "format", "scanner", "file_name", "size_bytes", "sha256", "scanned_at",
)  # fmt: skip


async def undo(session: DbSession, actor: Actor, scan_id: int, *, dry_run: bool, days: int) -> int:
    """Answers the scan to look at: the one that is undone, or the preview of that.

    A divided report is undone with all of its parts, or not at all.
    """
    scan = await _settled(session, actor, scan_id)
    if scan.accepted_at < clock.now() - timedelta(days=days):
        raise Conflict(
            f"Scans can be undone for {days} days; this one was accepted on {scan.accepted_at:%Y-%m-%d}.",
            code="too_old",
        )
    return await _order(session, actor, scan, "undo", dry_run=dry_run)


async def reprocess(session: DbSession, actor: Actor, scan_id: int, *, dry_run: bool) -> int:
    """As `undo`. A report that could not be read is simply taken in again."""
    scan = await _settled(session, actor, scan_id, "failed")
    if scan.storage_key is None:
        raise Gone("The report of this scan is not kept any more; send it again.", code="report_removed")
    if scan.state == "failed" and not await ScanRepository(session).has_parts(actor, scan_id):
        return await _take_in_again(session, actor, scan, dry_run=dry_run)
    return await _order(session, actor, scan, "reprocess", dry_run=dry_run)


async def release_in_its_place(session: DbSession, actor: Actor, scan: Scan) -> None:
    """What followed is taken back and read again after it: what a later scan saw comes back, the rest is closed."""
    scan.closings, scan.released_at = "released", clock.now()
    await _order(session, actor, scan, "reprocess", dry_run=False)


async def _settled(session: DbSession, actor: Actor, scan_id: int, *further: str) -> Scan:
    scan = await ScanRepository(session).get(actor, scan_id, for_update=True)
    if scan.state in ("accepted", "running"):
        raise Conflict("This scan is being worked on; wait until that is finished.", code="in_progress")
    if scan.undone_at is not None:
        raise Conflict(ALREADY_UNDONE, code="already_undone")
    took_effect = scan.state in (*_SETTLED, *further) or await ScanRepository(session).has_parts(
        actor, scan_id
    )
    if scan.is_dry_run or not took_effect:
        raise Conflict(NOT_APPLIED, code="not_applied")
    return scan


async def _order(session: DbSession, actor: Actor, scan: Scan, act: str, *, dry_run: bool) -> int:
    state_before = scan.state  # before it is set below, where it is the target
    target = await _preview(session, actor, scan, act) if dry_run else scan
    target.state = "accepted"
    target.job_id = await enqueue_async(
        session,
        jobs.undo_scan if act == "undo" else jobs.reprocess_scan,
        organization_id=actor.organization_id,
        serial_key=serial_key(msgspec.convert(scan.requested, Requested)),
        requested_by=actor.user_id,
        **asdict(
            Order(
                scan_id=scan.id,
                preview_id=target.id if dry_run else None,
                actor_name=actor.name,
                token_id=actor.token_id,
                role=actor.role.value,
                state_before=state_before,
                service_account_id=actor.service_account_id,
            )
        ),
    )
    await session.flush()
    return target.id


async def _preview(session: DbSession, actor: Actor, scan: Scan, act: str) -> Scan:
    """A dry run without a report of its own; its changes are kept as those of any dry run."""
    preview = Scan(
        organization_id=actor.organization_id,
        is_dry_run=True,
        preview_of=scan.id,
        preview_act=act,
        uploaded_by=actor.user_id,
        **{name: getattr(scan, name) for name in _AS_SENT},
    )
    await ScanRepository(session).add(preview)
    return preview


async def _take_in_again(session: DbSession, actor: Actor, scan: Scan, *, dry_run: bool) -> int:
    if dry_run:
        raise Conflict(
            "This report was never taken in, so there is no difference to show; send `dry_run: false`.",
            code="not_applied",
        )
    await record(session, actor, "scan.reprocessed", "scan", scan.id, {"error": scan.error})
    scan.state, scan.error, scan.finished_at = "accepted", None, None
    await enqueue_import(
        session,
        actor.organization_id,
        scan.id,
        msgspec.convert(scan.requested, Requested),
        requested_by=actor.user_id,
    )
    return scan.id
