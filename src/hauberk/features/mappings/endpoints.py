"""Mappings over HTTP."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends

from hauberk.db.repository import PageRequest
from hauberk.db.session import pause
from hauberk.features.identity.access import FormatsWrite, ScansRead, ScansWrite
from hauberk.features.identity.serving import (
    ContextDep,
    Ids,
    IdsDep,
    Named,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.mappings import service
from hauberk.features.mappings.preview import preview
from hauberk.features.mappings.repository import MappingRepository
from hauberk.features.mappings.schemas import (
    MappingChange,
    MappingPayload,
    MappingSchema,
    PreviewOrder,
    PreviewSchema,
)
from hauberk.parsers.mapping import formats

router = APIRouter(prefix="/mappings", tags=["mappings"])
Paging = Annotated[PageRequest, Depends(paging("name"))]


def _shown(row: Any, ids: Ids) -> MappingSchema:
    mapping = row.ReportMapping
    (info,) = (each.info for each in formats.parsers_of([mapping.fields]))
    return MappingSchema(
        id=ids.encode("map", mapping.id),
        format=info.id,
        scanner=info.scanner,
        title=info.title,
        kinds=[kind.value for kind in info.kinds],
        is_recognised=mapping.is_recognised,
        document=mapping.document,
        version=mapping.version,
        updated_at=mapping.updated_at,
        updated_by=Named.person(ids, mapping.updated_by, row.editor),
    )


@router.get("")
async def list_mappings(
    actor: ScansRead, session: ReadSessionDep, ids: IdsDep, page: Paging
) -> PageSchema[MappingSchema]:
    """The formats that this organization described itself, by name."""
    found = await MappingRepository(session).page(actor, page)
    return PageSchema[MappingSchema].of(found, lambda row: _shown(row, ids))


@router.post("", status_code=201, responses=refusals(409))
async def create_mapping(
    payload: MappingPayload, actor: FormatsWrite, session: SessionDep, ids: IdsDep
) -> MappingSchema:
    """Save a mapping: uploads can name its format from now on, and it recognises reports if it says how."""
    number = await service.create(session, actor, payload.document)
    return _shown(await MappingRepository(session).shown(actor, number), ids)


@router.post("/preview")
async def preview_mapping(
    payload: PreviewOrder, _actor: ScansWrite, session: SessionDep, context: ContextDep
) -> PreviewSchema:
    """What a mapping reads of a sample: the first findings, and every problem with its line. Nothing is kept."""
    await pause(session)  # it may take seconds: nobody waits for this connection meanwhile
    return await to_thread.run_sync(
        preview, context.settings, payload.document, payload.sample, limiter=service.at_once()
    )


@router.get("/{mapping_id}", responses=refusals(404))
async def read_mapping(
    mapping_id: str, actor: ScansRead, session: ReadSessionDep, ids: IdsDep
) -> MappingSchema:
    """One mapping, with its document."""
    return _shown(await MappingRepository(session).shown(actor, ids.decode("map", mapping_id)), ids)


@router.put("/{mapping_id}", responses=refusals(404, 409))
async def change_mapping(
    mapping_id: str, payload: MappingChange, actor: FormatsWrite, session: SessionDep, ids: IdsDep
) -> MappingSchema:
    """Write a mapping anew. Reports that come in from now on are read by it; earlier ones when they are reprocessed."""
    number = ids.decode("map", mapping_id)
    await service.change(session, actor, number, payload.document, payload.version)
    return _shown(await MappingRepository(session).shown(actor, number), ids)


@router.delete("/{mapping_id}", status_code=204, responses=refusals(404))
async def delete_mapping(mapping_id: str, actor: FormatsWrite, session: SessionDep, ids: IdsDep) -> None:
    """Offer a mapping no more. What was read by it stays, and can be read again."""
    await service.delete(session, actor, ids.decode("map", mapping_id))
