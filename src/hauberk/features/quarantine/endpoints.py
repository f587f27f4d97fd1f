"""The quarantine over HTTP: administrators see what lies in it and empty it; nobody gets a file out."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from hauberk.db.models.upload import QuarantinedFile
from hauberk.db.repository import PageRequest
from hauberk.features.identity.access import AuditRead, OrganizationWrite
from hauberk.features.identity.serving import (
    ContextDep,
    Ids,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.quarantine import service
from hauberk.features.quarantine.repository import QuarantineRepository
from hauberk.features.quarantine.schemas import QuarantinedFileSchema

router = APIRouter(prefix="/quarantine", tags=["quarantine"])

Paging = Annotated[PageRequest, Depends(paging("-quarantined_at"))]


@router.get("")
async def list_quarantine(
    actor: AuditRead, session: ReadSessionDep, context: ContextDep, ids: IdsDep, page: Paging
) -> PageSchema[QuarantinedFileSchema]:
    """Files that were refused for what they are, the newest first."""
    lifetime = timedelta(days=context.settings.upload.quarantine_days)
    found = await QuarantineRepository(session).list(actor, page)
    return PageSchema[QuarantinedFileSchema].of(found, lambda held: _schema(held, ids, lifetime))


@router.delete("/{file_id}", status_code=204, responses=refusals(404))
async def delete_quarantined_file(
    file_id: str, actor: OrganizationWrite, session: SessionDep, context: ContextDep, ids: IdsDep
) -> Response:
    """Delete one before its time."""
    await service.delete(session, actor, context.storage, ids.decode("qtn", file_id))
    return Response(status_code=204)


def _schema(held: QuarantinedFile, ids: Ids, lifetime: timedelta) -> QuarantinedFileSchema:
    return QuarantinedFileSchema(
        id=ids.encode("qtn", held.id),
        file_name=held.file_name,
        size_bytes=held.size_bytes,
        sha256=held.sha256,
        code=held.code,
        detail=held.detail,
        uploaded_by=None if held.uploaded_by is None else ids.encode("usr", held.uploaded_by),
        scan=None if held.scan_id is None else ids.encode("scn", held.scan_id),
        quarantined_at=held.quarantined_at,
        deleted_at=held.quarantined_at + lifetime,
    )
