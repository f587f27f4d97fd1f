"""Takes the demonstration's reports in: the same way in as an upload's, only from this machine."""

from collections.abc import AsyncIterator
from datetime import datetime

from hauberk.db.audit import record
from hauberk.domain.permissions import Actor
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import CredentialRepository
from hauberk.features.scans.demo.history import Report, history
from hauberk.features.scans.repository import has_scans
from hauberk.ingest import receive
from hauberk.ingest.receive import Upload
from hauberk.ingest.scope import Requested


async def load(context: Context, now: datetime) -> int:
    """How many reports the first organization accepted; none when it has scans already."""
    async with context.sessions.transaction() as session:
        organization_id: int = (await CredentialRepository(session).organizations())[0].id
    async with context.sessions.transaction(organization_id) as session:
        if await has_scans(session, organization_id):
            return 0
    accepted = 0
    for report in history(now):
        await _accept(context, organization_id, report, now)
        accepted += 1
    return accepted


async def _accept(context: Context, organization_id: int, report: Report, now: datetime) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield report.content

    stored = await context.storage.write(content(), limit=len(report.content))
    upload = Upload(
        requested=Requested(
            asset=report.asset.name, asset_kind=report.asset.kind, scanned_at=report.scanned_at
        ),
        stored=stored,
        file_name=report.file_name,
        uploaded_by=None,
    )
    async with context.sessions.transaction(organization_id) as session:
        scan_id = await receive.accept(session, organization_id, upload, accepted_at=now)
        actor = Actor.system(organization_id)
        await record(
            session, actor, "scan.uploaded", "scan", scan_id, {"file_name": report.file_name, "demo": True}
        )
