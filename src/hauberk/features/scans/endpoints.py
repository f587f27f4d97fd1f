"""Scans over HTTP: upload, list, look at, decide; and the formats that can be read."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Body, Depends, Header, Query, Request
from pydantic import ValidationError

from hauberk.db.repository import DbSession, PageRequest
from hauberk.db.session import pause
from hauberk.domain.permissions import Actor, Permission
from hauberk.features.identity.access import ScansRead, ScansWrite
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import (
    DESTROYS,
    FIXED,
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
from hauberk.features.mappings.repository import MappingRepository
from hauberk.features.scans import from_upload, history, preview, refusing, service, stream
from hauberk.features.scans.multipart import MAX_AROUND_BYTES, Form, read_form
from hauberk.features.scans.presenting import change_schema, scan_schema
from hauberk.features.scans.repository import ScanRepository
from hauberk.features.scans.schemas import (
    ChangeKind,
    ChangeSchema,
    FormatSchema,
    ReprocessOrder,
    ScanSchema,
    ScanState,
    UndoOrder,
    UploadFields,
    UploadForm,
    UploadOrder,
)
from hauberk.features.uploads import service as uploads
from hauberk.infra.storage import StoredFile
from hauberk.ingest import changes, counting, receive
from hauberk.ingest.receive import Upload
from hauberk.ingest.scope import Requested
from hauberk.kit.errors import Gone, Invalid, StorageFull, TooLarge
from hauberk.parsers.mapping.formats import is_mapped
from hauberk.parsers.registry import parsers

router = APIRouter(tags=["scans"])
router.include_router(stream.router)

Paging = Annotated[PageRequest, Depends(paging("-accepted_at", "accepted_at"))]
ChangePaging = Annotated[PageRequest, Depends(paging("id"))]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", max_length=200, description="A repeat with this key makes no second scan"
    ),
]
_UNDO, _REPROCESS = UndoOrder(), ReprocessOrder()
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": UploadForm.model_json_schema()},
            "application/json": {"schema": UploadOrder.model_json_schema()},
        },
    }
}


@router.get("/formats", openapi_extra=FIXED)
async def list_formats(actor: ScansRead, session: ReadSessionDep) -> PageSchema[FormatSchema]:
    """Every report format that can be uploaded: the installation's, and those that this organization mapped."""
    mapped = await MappingRepository(session).formats(actor)
    known = sorted(
        (*parsers().values(), *mapped), key=lambda parser: (parser.info.scanner.lower(), parser.info.id)
    )
    items = [
        FormatSchema(
            id=each.info.id,
            scanner=each.info.scanner,
            title=each.info.title,
            kinds=[kind.value for kind in each.info.kinds],
            docs=each.info.docs,
            export=each.info.export,
            versions=each.info.versions,
            is_mapped=is_mapped(each.info.id),
        )
        for each in known
    ]
    return PageSchema[FormatSchema](items=items, next_cursor=None, total=len(items), total_is_exact=True)


@router.post(
    "/scans", status_code=202, openapi_extra=UPLOAD | _FORM, responses=refusals(404, 409, 413, 415, 507)
)
async def upload_scan(
    request: Request,
    actor: ScansWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    idempotency_key: IdempotencyKey = None,
) -> ScanSchema:
    """Upload a report: it is stored, accepted and read in the background. Parts may come in any order.

    In the place of a form, JSON may name a complete resumable upload (`POST /uploads`).
    """
    receiving = _scan_upload if from_upload.is_order(request) else _receive
    with counting.door():
        return await receiving(request, actor, session, context, ids, idempotency_key)


async def _receive(
    request: Request,
    actor: Actor,
    session: DbSession,
    context: Context,
    ids: Ids,
    idempotency_key: str | None,
) -> ScanSchema:
    limit = context.settings.upload.max_bytes
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit + MAX_AROUND_BYTES:
        raise TooLarge(limit)
    free = context.storage.free_bytes()
    if free is not None and free < context.settings.storage.min_free:
        raise StorageFull
    await pause(session)  # an upload may take minutes: nobody else waits for its connection meanwhile
    form = await read_form(
        request.stream(),
        request.headers.get("content-type", ""),
        context.storage,
        limit=limit,
        head_bytes=receive.HEAD_BYTES,
    )
    if form.stored is None:
        raise Invalid([("/file", "Send the report in a part named “file”.")])
    is_kept = False
    try:
        upload = _upload(_fields(form), form.stored, form.file_name, ids, actor, idempotency_key)
        mapped = await MappingRepository(session).candidates(actor, upload.requested.format)
        await refusing.check(session, context, actor, upload, head=form.head, mapped=mapped)
        scan_id, is_new = await service.accept(session, actor, upload)
        accepted = await ScanRepository(session).shown(actor, scan_id)
        is_kept = is_new  # what fails before this is not accepted, and leaves no file
    except refusing.Quarantined as error:
        is_kept = True
        raise error.refusal from error
    finally:
        if not is_kept:
            await context.storage.delete(form.stored.key)
    return scan_schema(accepted, ids)


async def _scan_upload(
    request: Request,
    actor: Actor,
    session: DbSession,
    context: Context,
    ids: Ids,
    idempotency_key: str | None,
) -> ScanSchema:
    """A repeat makes no second scan: without a key of the caller's, the upload is the key."""
    order = await from_upload.read_order(request)
    number = ids.decode("upl", order.upload)
    stored, file_name, head = await from_upload.stored_file(
        session, actor, context.storage, number, head_bytes=receive.HEAD_BYTES
    )
    upload = _upload(order, stored, file_name, ids, actor, idempotency_key or f"upload:{order.upload}")
    mapped = await MappingRepository(session).candidates(actor, upload.requested.format)
    try:
        await refusing.check(session, context, actor, upload, head=head, mapped=mapped)
    except refusing.Quarantined as error:
        await uploads.gave_away(session, actor, number)
        raise error.refusal from error
    scan_id, is_new = await service.accept(session, actor, upload)
    if is_new:
        await uploads.became_scan(session, actor, number, scan_id)
    return scan_schema(await ScanRepository(session).shown(actor, scan_id), ids)


def _fields(form: Form) -> UploadFields:
    try:
        return UploadFields.model_validate(form.fields)
    except ValidationError as error:
        raise Invalid([_field_error(each) for each in error.errors()]) from error


def _upload(
    fields: UploadFields,
    stored: StoredFile,
    file_name: str | None,
    ids: Ids,
    actor: Actor,
    idempotency_key: str | None,
) -> Upload:
    asset = fields.asset or None
    asset_id: int | None = None
    if asset is not None and asset.startswith("ast_"):
        asset_id, asset = ids.decode("ast", asset), None
    return Upload(
        requested=Requested(
            asset=asset,
            asset_id=asset_id,
            asset_kind=fields.asset_kind or None,
            ref=fields.ref or None,
            format=fields.format,
            scope=fields.scope,
            scanned_at=fields.scanned_at,
            is_partial=fields.partial,
            may_make_asset=actor.may(Permission.ASSETS_WRITE),
        ),
        stored=stored,
        file_name=file_name,
        uploaded_by=actor.user_id,
        is_dry_run=fields.dry_run,
        idempotency_key=idempotency_key,
    )


def _field_error(error: Any) -> tuple[str, str]:
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        known = ", ".join(UploadFields.model_fields)
        return f"/{name}", f"There is no form field “{name}”; there are file, {known}."
    return f"/{name}", f"{error['msg']}."


@router.get("/scans", responses=refusals(404))
async def list_scans(
    actor: ScansRead,
    session: ReadSessionDep,
    ids: IdsDep,
    page: Paging,
    state: Annotated[ScanState | None, Query(description="Only scans in this state")] = None,
    asset: Annotated[str | None, Query(description="Only scans of this asset: its id")] = None,
    scanner: Annotated[str | None, Query(max_length=300, description="Only scans of this scanner")] = None,
    part_of: Annotated[
        str | None,
        Query(description="Only the parts of this scan, whose report covers several assets: its id"),
    ] = None,
) -> PageSchema[ScanSchema]:
    """The scans, newest first."""
    found = await ScanRepository(session).page(
        actor,
        page,
        state=state,
        asset_id=None if asset is None else ids.decode("ast", asset),
        scanner=scanner,
        part_of=None if part_of is None else ids.decode("scn", part_of),
    )
    return PageSchema[ScanSchema].of(found, lambda row: scan_schema(row, ids))


@router.get("/scans/{scan_id}", responses=refusals(404))
async def read_scan(scan_id: str, actor: ScansRead, session: ReadSessionDep, ids: IdsDep) -> ScanSchema:
    """One scan: its state, counts and problems."""
    return scan_schema(await ScanRepository(session).shown(actor, ids.decode("scn", scan_id)), ids)


@router.get("/scans/{scan_id}/changes", responses=refusals(404, 410))
async def list_changes(
    scan_id: str,
    actor: ScansRead,
    session: ReadSessionDep,
    ids: IdsDep,
    context: ContextDep,
    page: ChangePaging,
    change: Annotated[
        ChangeKind | None, Query(description="Only these; else all but what is unchanged")
    ] = None,
) -> PageSchema[ChangeSchema]:
    """What the scan changed, or, of a dry run, would change; each change with its reason.

    First what is new, then what is reopened, closed, decided, changed and moved; of each the most severe first.

    Of a held scan `change=closed` lists what would close.
    """
    repository = ScanRepository(session)
    scan = await repository.get(actor, ids.decode("scn", scan_id))
    parts = await repository.parts(actor, scan.id)
    waits = scan.state == "held" and change == "closed"
    if not scan.is_dry_run and not (waits and (scan.spool_key or parts)):
        rows = await repository.changes(actor, scan.id, page, change, [part.id for part in parts])
        assets = {part.id: part.asset for part in parts}
        return PageSchema[ChangeSchema].of(
            rows,
            lambda row: change_schema(changes.change_of(row, assets.get(row.scan_id)), ids, is_stored=True),
        )
    kept = [(part.spool_key, part.asset) for part in parts if not waits or part.state == "held"]
    spools = [each for each in kept or [(scan.spool_key, None)] if each[0]]
    if not spools:
        if scan.state == "done":
            hours = context.settings.retention.dry_run_hours
            raise Gone(f"What a dry run would change is kept for {hours} hours; send the report again.")
        return PageSchema[ChangeSchema](items=[], next_cursor=None, total=0, total_is_exact=True)
    await pause(session)  # the file may be large: nobody waits for this connection meanwhile
    found = await to_thread.run_sync(preview.page, context.settings, spools, page, change)
    return PageSchema[ChangeSchema].of(found, lambda each: change_schema(each, ids, is_stored=False))


@router.post("/scans/{scan_id}/release", status_code=202, responses=refusals(404, 409))
async def release_scan(scan_id: str, actor: ScansWrite, session: SessionDep, ids: IdsDep) -> ScanSchema:
    """Let a held scan close what it would close. It is compared again first."""
    number = ids.decode("scn", scan_id)
    await service.release(session, actor, number)
    return scan_schema(await ScanRepository(session).shown(actor, number), ids)


@router.post("/scans/{scan_id}/discard", responses=refusals(404, 409), openapi_extra=DESTROYS)
async def discard_scan(scan_id: str, actor: ScansWrite, session: SessionDep, ids: IdsDep) -> ScanSchema:
    """Keep open what a held scan would have closed. What it added stays."""
    number = ids.decode("scn", scan_id)
    await service.discard(session, actor, number)
    return scan_schema(await ScanRepository(session).shown(actor, number), ids)


@router.post("/scans/{scan_id}/undo", status_code=202, responses=refusals(404, 409), openapi_extra=DESTROYS)
async def undo_scan(
    scan_id: str,
    actor: ScansWrite,
    session: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    order: Annotated[UndoOrder, Body()] = _UNDO,
) -> ScanSchema:
    """Take a scan back, as if it had never been sent. What people decided and wrote stays.

    Later scans of the same series are computed again without it. With `dry_run` it answers another scan, whose changes
    are what would change.
    """
    target = await history.undo(
        session,
        actor,
        ids.decode("scn", scan_id),
        dry_run=order.dry_run,
        days=context.settings.retention.undo_days,
    )
    return scan_schema(await ScanRepository(session).shown(actor, target), ids)


@router.post("/scans/{scan_id}/reprocess", status_code=202, responses=refusals(404, 409, 410))
async def reprocess_scan(
    scan_id: str,
    actor: ScansWrite,
    session: SessionDep,
    ids: IdsDep,
    order: Annotated[ReprocessOrder, Body()] = _REPROCESS,
) -> ScanSchema:
    """Read a kept report again with the present parser.

    It answers another scan first, whose changes are the difference; with `dry_run: false` it is done.
    """
    target = await history.reprocess(session, actor, ids.decode("scn", scan_id), dry_run=order.dry_run)
    return scan_schema(await ScanRepository(session).shown(actor, target), ids)
