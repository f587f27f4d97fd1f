"""Writes of scans: taking an upload in, and the decisions about a held one."""

import msgspec

from hauberk.db.audit import record
from hauberk.db.models.scan import Scan
from hauberk.db.repository import DbSession
from hauberk.domain.events import ScanFinished
from hauberk.domain.permissions import Actor, Permission
from hauberk.features.scans import history
from hauberk.features.scans.repository import ScanRepository
from hauberk.ingest import receive
from hauberk.ingest.receive import Upload
from hauberk.ingest.scope import AUTOMATIC, Requested
from hauberk.ingest.whole_scan import GOES_ON
from hauberk.jobs.events import emit_async
from hauberk.kit.errors import Conflict, Forbidden, NotFound


async def accept(session: DbSession, actor: Actor, upload: Upload) -> tuple[int, bool]:
    """The scan's id, and whether it is new: a repeated idempotency key answers the scan it made before."""
    organization_id = actor.organization_id
    repeated = await receive.find_repeated(session, organization_id, upload)
    if repeated is not None:
        return repeated, False
    asset_id = await receive.find_asset(session, organization_id, upload.requested)
    if asset_id is None:
        _check_new_asset(actor, upload.requested)
    scan_id = await receive.accept(session, organization_id, upload, asset_id=asset_id)
    if scan_id is None:  # a twin of this request was quicker
        return await _repeated(session, organization_id, upload), False
    await record(
        session,
        actor,
        "scan.uploaded",
        "scan",
        scan_id,
        {
            "file_name": upload.file_name,
            "size_bytes": upload.stored.size_bytes,
            "sha256": upload.stored.sha256,
            "dry_run": upload.is_dry_run,
        },
    )
    return scan_id, True


async def _repeated(session: DbSession, organization_id: int, upload: Upload) -> int:
    found = await receive.find_repeated(session, organization_id, upload)
    assert found is not None
    return found


def _check_new_asset(actor: Actor, requested: Requested) -> None:
    """What does not exist yet is made by whoever may; an id never is."""
    if requested.asset_id is not None:
        raise NotFound("asset")
    if requested.asset not in (None, AUTOMATIC) and not actor.may(Permission.ASSETS_WRITE):
        raise Forbidden(
            f"There is no asset “{requested.asset}”, and making one needs the permission assets:write."
        )


async def release(session: DbSession, actor: Actor, scan_id: int) -> None:
    """Lets a held scan close what it would close; it is compared again first. Of a divided report: each held part.

    Where scans of parts of its scope were applied since, it closes as if it had been released before them.
    """
    scan = await _held(session, actor, scan_id)
    if parts := await ScanRepository(session).held_parts(actor, scan_id):
        for part in parts:
            await release(session, actor, part)
        return
    await record(session, actor, "scan.released", "scan", scan_id, scan.held)
    if scan.part_of is None and await ScanRepository(session).is_followed(actor, scan):
        await history.release_in_its_place(session, actor, scan)
        return
    scan.state = "accepted"
    scan.closings = "released"
    scan.held = None
    scan.finished_at = None
    await receive.enqueue_import(
        session,
        actor.organization_id,
        scan_id,
        msgspec.convert(scan.requested, Requested),
        requested_by=actor.user_id,
        is_release=True,
    )
    await session.execute(GOES_ON, {"organization": actor.organization_id, "part": scan_id})


async def discard(session: DbSession, actor: Actor, scan_id: int) -> None:
    """Keeps everything open that a held scan would have closed. Of a divided report: each held part."""
    scan = await _held(session, actor, scan_id)
    if parts := await ScanRepository(session).held_parts(actor, scan_id):
        for part in parts:
            await discard(session, actor, part)
        return
    await record(session, actor, "scan.discarded", "scan", scan_id, scan.held)
    scan.state = "done"
    scan.closings = "discarded"
    scan.held = None
    scan.spool_key = None
    await session.flush()  # the answer shows the row as it is now
    await emit_async(session, ScanFinished(actor.organization_id, scan_id, "done"))


async def _held(session: DbSession, actor: Actor, scan_id: int) -> Scan:
    scan = await ScanRepository(session).get(actor, scan_id, for_update=True)
    if scan.superseded_by is not None:
        raise Conflict("A newer scan of the same series has settled what this one held.", code="not_held")
    if scan.state != "held":
        raise Conflict(f"This scan is {scan.state}, not held: there is nothing to decide.", code="not_held")
    return scan
