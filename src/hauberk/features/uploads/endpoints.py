"""Resumable uploads over HTTP: tus 1.0. `POST /scans` makes a scan of a complete one."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from starlette.requests import ClientDisconnect

from hauberk.db.models.upload import Upload
from hauberk.db.repository import PageRequest
from hauberk.features.identity.access import ScansWrite
from hauberk.features.identity.serving import (
    UPLOAD,
    ContextDep,
    Ids,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.uploads import protocol, service
from hauberk.features.uploads.repository import UploadRepository
from hauberk.features.uploads.schemas import UploadSchema
from hauberk.kit.errors import NotFound, StorageFull
from hauberk.kit.file_name import shown

router = APIRouter(prefix="/uploads", tags=["uploads"])

Paging = Annotated[PageRequest, Depends(paging("-id"))]
Version = Annotated[str | None, Header(alias="Tus-Resumable", description="1.0.0")]
Length = Annotated[str | None, Header(alias="Upload-Length", description="Bytes of the whole file")]
Offset = Annotated[str | None, Header(alias="Upload-Offset", description="Where these bytes begin")]
Metadata = Annotated[
    str | None, Header(alias="Upload-Metadata", description="`filename` and its base64, apart by a space")
]
ConcatHeader = Annotated[
    str | None, Header(alias="Upload-Concat", description="`partial`, or `final;` and addresses of uploads")
]
ChecksumHeader = Annotated[
    str | None,
    Header(alias="Upload-Checksum", description="`sha1` or `sha256`, a space, base64 of the digest"),
]
_MISMATCH = 460  # tus's own


@dataclass(frozen=True)
class Sending:
    """A request that may bring bytes of an upload."""

    request: Request
    actor: ScansWrite
    session: SessionDep
    context: ContextDep
    version: Version = None
    checksum: ChecksumHeader = None

    async def receive(self, upload: Upload, at: int) -> Upload:
        """Keep what comes, as bytes of the upload from `at` on."""
        service.refuse_final(upload)
        body = service.Incoming(self.request.stream(), ClientDisconnect, protocol.checksum(self.checksum))
        context = self.context
        try:
            return await service.receive(
                self.session, self.actor, context.settings, context.storage, upload=upload, body=body, at=at
            )
        except service.ChecksumMismatch as error:
            raise HTTPException(_MISMATCH, error.message) from error


SendingDep = Annotated[Sending, Depends()]


@router.options("", status_code=204)
async def describe_uploads(_actor: ScansWrite, context: ContextDep) -> Response:
    """What of tus is spoken here."""
    return Response(
        status_code=204,
        headers={
            "Tus-Resumable": protocol.VERSION,
            "Tus-Version": protocol.VERSION,
            "Tus-Extension": protocol.EXTENSIONS,
            "Tus-Max-Size": str(context.settings.upload.max_bytes),
            "Tus-Checksum-Algorithm": ",".join(protocol.ALGORITHMS),
        },
    )


@router.get("")
async def list_uploads(
    actor: ScansWrite, session: ReadSessionDep, ids: IdsDep, page: Paging
) -> PageSchema[UploadSchema]:
    """Your uploads that are under way, the newest first."""
    repository = UploadRepository(session)
    going = (
        Upload.expires_at > await repository.now(),
        Upload.scan_id.is_(None),
        Upload.is_partial.is_(False),
    )
    found = await repository.list(actor, page, *going)
    return PageSchema[UploadSchema].of(found, lambda upload: _schema(upload, ids))


@router.post("", status_code=201, openapi_extra=UPLOAD, responses=refusals(409, 412, 413, 415, 507))
async def create_upload(
    actor: ScansWrite,
    sending: SendingDep,
    ids: IdsDep,
    length: Length = None,
    metadata: Metadata = None,
    concat: ConcatHeader = None,
) -> Response:
    """Begin an upload, or join partial ones. The answer's `Location` takes the bytes; some may be sent along already."""
    request, session, context = sending.request, sending.session, sending.context
    _check_version(sending.version)
    free = context.storage.free_bytes()
    if free is not None and free < context.settings.storage.min_free:
        raise StorageFull
    about = protocol.metadata(metadata)
    file_name = shown(about.get("filename") or about.get("name"))
    joining = protocol.concat(concat)
    if joining is not None and not joining.is_partial:
        upload = await service.joined(
            session,
            actor,
            context.settings,
            context.storage,
            numbers=[ids.decode("upl", each) for each in joining.joined],
            file_name=file_name,
        )
    else:
        upload = await service.create(
            session,
            actor,
            context.settings,
            length=protocol.number("Upload-Length", length),
            file_name=file_name,
            is_partial=joining is not None,
        )
        if request.headers.get("content-type") == protocol.OFFSET_TYPE:
            upload = await sending.receive(upload, 0)
    answer = _standing(upload, status_code=201)
    answer.headers["Location"] = f"{request.url.path.rstrip('/')}/{ids.encode('upl', upload.id)}"
    return answer


@router.head("/{upload_id}", responses=refusals(404, 410, 412))
async def read_upload(
    upload_id: str, actor: ScansWrite, session: ReadSessionDep, ids: IdsDep, version: Version = None
) -> Response:
    """Where an upload stands: continue at `Upload-Offset`."""
    _check_version(version)
    upload = await UploadRepository(session).current(actor, ids.decode("upl", upload_id))
    answer = _standing(upload, status_code=200)
    answer.headers["Upload-Length"] = str(upload.length)
    answer.headers["Cache-Control"] = "no-store"
    if upload.is_partial:
        answer.headers["Upload-Concat"] = "partial"
    return answer


@router.patch(
    "/{upload_id}",
    status_code=204,
    openapi_extra=UPLOAD,
    responses=refusals(404, 409, 410, 412, 413, 415, 507),
)
async def continue_upload(
    upload_id: str, _actor: ScansWrite, sending: SendingDep, ids: IdsDep, offset: Offset = None
) -> Response:
    """Send bytes from `Upload-Offset` on: all the rest, or as many as you like."""
    number = ids.decode("upl", upload_id)
    upload = await UploadRepository(sending.session).current(sending.actor, number)
    _check_version(sending.version)
    protocol.check_content_type(sending.request.headers.get("content-type"))
    upload = await sending.receive(upload, protocol.number("Upload-Offset", offset))
    return _standing(upload, status_code=204)


@router.delete("/{upload_id}", status_code=204, responses=refusals(404, 412))
async def discard_upload(
    upload_id: str,
    actor: ScansWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    version: Version = None,
) -> Response:
    """End an upload. What came of it is deleted, unless a scan was made of it."""
    _check_version(version)
    await service.discard(session, actor, context.storage, ids.decode("upl", upload_id))
    return Response(status_code=204, headers={"Tus-Resumable": protocol.VERSION})


@router.post(
    "/{upload_id}",
    status_code=204,
    openapi_extra=UPLOAD,
    responses=refusals(404, 409, 410, 412, 413, 415, 507),
)
async def override_method(
    upload_id: str,
    _actor: ScansWrite,
    sending: SendingDep,
    ids: IdsDep,
    offset: Offset = None,
    method: Annotated[
        str | None, Header(alias="X-HTTP-Method-Override", description="PATCH or DELETE")
    ] = None,
) -> Response:
    """PATCH and DELETE for clients that can only POST."""
    if method == "DELETE":
        return await discard_upload(
            upload_id, sending.actor, sending.session, sending.context, ids, sending.version
        )
    if method == "PATCH":
        return await continue_upload(upload_id, sending.actor, sending, ids, offset)
    raise NotFound("upload that is changed by this method")


def _check_version(version: str | None) -> None:
    if version != protocol.VERSION:
        raise HTTPException(
            412,
            f"Resumable uploads speak tus {protocol.VERSION}: send the header Tus-Resumable: {protocol.VERSION}.",
            headers={"Tus-Version": protocol.VERSION},
        )


def _standing(upload: Upload, *, status_code: int) -> Response:
    return Response(
        status_code=status_code,
        headers={
            "Tus-Resumable": protocol.VERSION,
            "Upload-Offset": str(upload.received),
            "Upload-Expires": protocol.expires(upload.expires_at),
        },
    )


def _schema(upload: Upload, ids: Ids) -> UploadSchema:
    return UploadSchema(
        id=ids.encode("upl", upload.id),
        file_name=upload.file_name,
        length=upload.length,
        received=upload.received,
        scan=None if upload.scan_id is None else ids.encode("scn", upload.scan_id),
        created_at=upload.created_at,
        expires_at=upload.expires_at,
    )
